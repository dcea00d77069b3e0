"""The offline metrics of Personalize, for ranked lists and held-out items."""

from collections.abc import Sequence, Set
from math import log2

DEPTH = 25
CUTOFFS = (5, 10, 25)


def reciprocal_rank(ranked: Sequence[str], relevant: Set[str]) -> float:
    """Return 1 / rank of the first relevant item among the first 25, or 0 if there is none."""
    return next((1 / rank for rank, item in enumerate(ranked[:DEPTH], 1) if item in relevant), 0.0)


def ndcg(ranked: Sequence[str], relevant: Set[str], cutoff: int) -> float:
    """Return the normalised discounted cumulative gain of the first `cutoff` ranks. Every relevant item gains 1."""
    gain = sum(1 / log2(rank + 1) for rank, item in enumerate(ranked[:cutoff], 1) if item in relevant)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(cutoff, len(relevant)) + 1))
    return gain / ideal if ideal else 0.0


def precision(ranked: Sequence[str], relevant: Set[str], cutoff: int) -> float:
    """Return the share of the first `cutoff` ranks that hold a relevant item."""
    return sum(item in relevant for item in ranked[:cutoff]) / cutoff


def average_metrics(
    lists: Sequence[Sequence[str]], targets: Sequence[Set[str]], catalogue_size: int
) -> dict[str, float]:
    """Return the keys of GetSolutionMetrics, averaged over the users. `coverage` is the recommended share of items."""
    pairs = list(zip(lists, targets, strict=True))
    users = max(len(pairs), 1)
    recommended = {item for ranked in lists for item in ranked[:DEPTH]}
    return {
        "coverage": len(recommended) / max(catalogue_size, 1),
        "mean_reciprocal_rank_at_25": sum(reciprocal_rank(r, t) for r, t in pairs) / users,
        **{
            f"normalized_discounted_cumulative_gain_at_{k}": sum(ndcg(r, t, k) for r, t in pairs) / users
            for k in CUTOFFS
        },
        **{f"precision_at_{k}": sum(precision(r, t, k) for r, t in pairs) / users for k in CUTOFFS},
    }
