"""Personalize's offline metrics for ranked lists against held-out items."""

from collections.abc import Sequence, Set
from math import log2

DEPTH = 25
CUTS = (5, 10, 25)


def reciprocal_rank(ranked: Sequence[str], relevant: Set[str]) -> float:
    """1 / place of the first relevant item among the first 25, else 0."""
    return next((1 / place for place, item in enumerate(ranked[:DEPTH], 1) if item in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Set[str], cut: int) -> float:
    """Normalised discounted cumulative gain of the first `cut` places; every relevant item gains 1."""
    gain = sum(1 / log2(place + 1) for place, item in enumerate(ranked[:cut], 1) if item in relevant)
    ideal = sum(1 / log2(place + 1) for place in range(1, min(cut, len(relevant)) + 1))
    return gain / ideal if ideal else 0.0


def precision(ranked: Sequence[str], relevant: Set[str], cut: int) -> float:
    """Share of the first `cut` places that hold a relevant item."""
    return sum(item in relevant for item in ranked[:cut]) / cut


def summarise(lists: Sequence[Sequence[str]], relevants: Sequence[Set[str]], catalogue: int) -> dict[str, float]:
    """The keys of GetSolutionMetrics, averaged over the users; `coverage` is the share of the catalogue shown."""
    pairs = list(zip(lists, relevants, strict=True))
    users = max(len(pairs), 1)
    shown = {item for ranked in lists for item in ranked[:DEPTH]}
    return {
        "coverage": len(shown) / max(catalogue, 1),
        "mean_reciprocal_rank_at_25": sum(reciprocal_rank(r, t) for r, t in pairs) / users,
        **{f"normalized_discounted_cumulative_gain_at_{k}": sum(ndcg(r, t, k) for r, t in pairs) / users for k in CUTS},
        **{f"precision_at_{k}": sum(precision(r, t, k) for r, t in pairs) / users for k in CUTS},
    }
