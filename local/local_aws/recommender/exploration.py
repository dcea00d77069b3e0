"""Gives places of an answer to young items, as Personalize's User-Personalization describes its item exploration.

Source: developer guide, "User-Personalization recipe", `explorationWeight` (the closer to 1, the more items with little
interaction data or relevance) and `explorationItemAgeCutOff` (oldest age in days, from the newest interaction).
"""

import numpy as np
from numpy.typing import NDArray

from local_aws.recommender.types import Exploration

DAY = 86_400.0


def explored(
    best: NDArray[np.int64],
    shares: NDArray[np.float64],
    born: NDArray[np.float64],
    counts: NDArray[np.float32],
    newest: float,
    wish: Exploration,
) -> NDArray[np.int64]:
    """`best` (n,) places, best first, with some of them given to young candidates.

    `shares` (items,) is 0 for what may not be shown; `born` (items,) epoch seconds; `counts` (items,) events of each.
    Each place explores with probability `wish.weight`; a young item is drawn the likelier the fewer its events and,
    the less so the greater the weight, the higher its share.
    """
    random = np.random.default_rng(wish.seed)
    young = np.flatnonzero((shares > 0) & (born >= newest - wish.item_age_cut_off_days * DAY))
    odds = (1 - wish.weight) * np.log(shares[young]) - 0.5 * np.log1p(counts[young]) + random.gumbel(size=len(young))
    queue = iter(young[np.argsort(-odds, kind="stable")].tolist())
    explores = random.random(len(best)) < wish.weight
    answer: dict[int, None] = {}
    ranked = iter(best.tolist())
    for explore in explores:
        sources = (queue, ranked) if explore else (ranked, queue)
        place = next((p for source in sources for p in source if p not in answer), None)
        if place is not None:
            answer[place] = None
    return np.array(list(answer), dtype=np.int64)
