"""Which items gain popularity, and how well that is predicted.

Source: developer guide, "Trending-Now recipe", and "trend prediction accuracy" in "Evaluating a solution version with
metrics". The guide does not say by which key GetSolutionMetrics returns the latter: the one here is a guess.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from local_aws.personalize.hyperparameters import TREND, TREND_SECONDS
from local_aws.recommender import Interactions

ACCURACY = "trend_prediction_accuracy"
_TOP = 25


def trend_seconds(parameters: Mapping[str, str]) -> float:
    """Return the length of an interval, from the featureTransformationParameters of a solution."""
    name = "trend_discovery_frequency"
    return TREND_SECONDS[parameters.get(name, TREND[name].default)]


def find_rising_items(events: Iterable[tuple[str, float]], now: float, seconds: float) -> list[str]:
    """Return the items with more events (item, epoch seconds) in the last interval than before, the most first."""
    before, recent = _count(events, now, seconds)
    # An increase counts in units of its standard deviation, so that one event more of a rare item is no trend.
    gains = {item: (recent[item] - before[item]) / (recent[item] + before[item]) ** 0.5 for item in recent}
    return sorted((item for item, gain in gains.items() if gain > 0), key=lambda item: (-gains[item], item))


def prediction_accuracy(interactions: Interactions, seconds: float) -> float:
    """Return the increase in the newest interval of the items that rose before it, as a share of the greatest ones."""
    events = list(zip(interactions.item_ids, map(float, interactions.timestamps), strict=True))
    now = max((time for _, time in events), default=0.0)
    before, recent = _count(events, now, seconds)
    increases = {item: recent[item] - before[item] for item in recent if recent[item] > before[item]}
    possible = sum(sorted(increases.values(), reverse=True)[:_TOP])
    predicted = find_rising_items(events, now - seconds, seconds)[:_TOP]
    return sum(increases.get(item, 0) for item in predicted) / possible if possible else 0.0


def _count(events: Iterable[tuple[str, float]], now: float, seconds: float) -> tuple[Counter[str], Counter[str]]:
    """Return how many events of each item lie in the last interval but one, and in the last one."""
    before: Counter[str] = Counter()
    recent: Counter[str] = Counter()
    for item, time in events:
        if now - seconds < time <= now:
            recent[item] += 1
        elif now - 2 * seconds < time <= now - seconds:
            before[item] += 1
    return before, recent
