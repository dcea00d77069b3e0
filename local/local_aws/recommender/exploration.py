"""Item exploration: give places of a recommendation list to new items, as User-Personalization documents it.

Source: developer guide, "User-Personalization recipe", `explorationWeight` (the closer to 1, the more items with little
interaction data or relevance) and `explorationItemAgeCutOff` (oldest age in days, from the newest interaction).
"""

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.types import Exploration

DAY = 86_400.0


def explore(
    best: NDArray[np.int64],
    utilities: NDArray[np.float32],
    creation_times: NDArray[np.float64],
    counts: NDArray[np.float32],
    newest_event: float,
    exploration: Exploration,
) -> NDArray[np.int64]:
    """Return the items `best` (n,), best first, with some of the places given to new candidates.

    Each place explores with probability `exploration.weight`. A new item is drawn with more probability if it has fewer
    events, and if its own probability is higher: the less so the greater the weight, but always a little.

    Args:
        best: Positions of the best items.
        utilities: (items,) log of the odds of each item, minus infinity for items that must not be shown.
        creation_times: (items,) epoch seconds.
        counts: (items,) number of events of each item.
        newest_event: Epoch seconds of the newest interaction.
        exploration: Weight, age cut-off and seed.
    """
    random = np.random.default_rng(exploration.seed)
    oldest = newest_event - exploration.item_age_cut_off_days * DAY
    new = np.flatnonzero((utilities > -np.inf) & (creation_times >= oldest))
    relevance = (1 - exploration.weight / 2) * utilities[new].astype(np.float64)
    log_odds = relevance - 0.5 * np.log1p(counts[new]) + random.gumbel(size=len(new))
    drawn = iter(new[np.argsort(-log_odds, kind="stable")].tolist())
    explores = random.random(len(best)) < exploration.weight
    chosen: dict[int, None] = {}
    ranked = iter(best.tolist())
    for place_explores in explores:
        sources = (drawn, ranked) if place_explores else (ranked, drawn)
        item = next((candidate for source in sources for candidate in source if candidate not in chosen), None)
        if item is not None:
            chosen[item] = None
    return np.array(list(chosen), dtype=np.int64)
