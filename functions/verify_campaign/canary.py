"""What the canary asks, and what it takes for a sensible answer."""

import math
from collections.abc import Sequence
from typing import Any, TypedDict

from animal_recommender.retraining.run_state import Model

STRANGER = "canary-visitor-without-history"
RECOMMENDED = 500  # asked for, the most that one answer may hold: the stranger's is also the popular list
_LEAST = 5  # a catalogue of which fewer can be recommended is no catalogue

Scored = list[dict[str, Any]]  # itemId, and score where the service gave one


class Probe(TypedDict):
    """One question, and what was wrong with the answer (empty: nothing)."""

    asked: str
    problem: str
    answer: list[str]  # item ids, best first


def recommendations(runtime: Any, model: Model) -> list[Probe]:
    """Ask for recommendations for each canary user and, last, for a stranger."""
    return [_recommendation(runtime, model, user) for user in (*model["canaryUserIds"], STRANGER)]


def rankings(runtime: Any, model: Model) -> list[Probe]:
    """Have the canary items ranked for each canary user and, last, for a stranger."""
    return [_ranking(runtime, model, user) for user in (*model["canaryUserIds"], STRANGER)]


def _recommendation(runtime: Any, model: Model, user: str) -> Probe:
    answer = runtime.get_recommendations(campaignArn=model["campaignArn"], userId=user, numResults=RECOMMENDED)
    items = answer["itemList"]
    few = f"only {len(items)} items were recommended" if len(items) < _LEAST else ""
    return _probe(f"recommendations for {user}", items, few or _nonsense(items))


def _ranking(runtime: Any, model: Model, user: str) -> Probe:
    wanted = model["canaryItemIds"]
    answer = runtime.get_personalized_ranking(campaignArn=model["campaignArn"], userId=user, inputList=wanted)
    items = answer["personalizedRanking"]
    lost = set(wanted) ^ {item["itemId"] for item in items}
    wrong = f"asked and ranked items differ by {', '.join(sorted(lost))}" if lost else ""
    unscored = "" if any("score" in item for item in items) else "no item has a score"
    return _probe(f"a ranking for {user}", items, wrong or unscored or _nonsense(items))


def _nonsense(items: Scored) -> str:
    ids = [item["itemId"] for item in items]
    if len(set(ids)) < len(ids):
        return "an item is in the answer twice"
    illegal = [item["score"] for item in items if "score" in item and not _is_share(item["score"])]
    return f"a score is {illegal[0]}, not of 0 to 1" if illegal else ""


def _is_share(score: float) -> bool:
    return math.isfinite(score) and 0 <= score <= 1


def _probe(asked: str, items: Scored, problem: str) -> Probe:
    return {"asked": asked, "problem": problem, "answer": [item["itemId"] for item in items]}


def problems(probes: Sequence[Probe]) -> list[str]:
    """Answer what was wrong, each with its question."""
    return [f"{probe['asked']}: {probe['problem']}" for probe in probes if probe["problem"]]
