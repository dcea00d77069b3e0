"""The greatest number of items that a model considers.

Source: developer guide, "Endpoints and quotas": 750,000, with the v2 recipes 5 million, of the interactions and the
items together. Which ones is not documented; here the most used ones, and of the others the newest.
"""

import math
from collections import Counter
from dataclasses import replace

from local_aws.recommender import Interactions, Items, select_rows


def limit_items(interactions: Interactions, items: Items | None, maximum: int) -> tuple[Interactions, Items | None]:
    """Return the interactions and the catalogue with at most `maximum` items."""
    counts = Counter(interactions.item_ids)
    created = dict(zip(items.item_ids, items.creation_timestamps or (), strict=False)) if items else {}
    names = counts.keys() | set(items.item_ids if items else ())
    if len(names) <= maximum:
        return interactions, items

    def order(item: str) -> tuple[float, float, str]:
        time = created.get(item)
        return -counts[item], math.inf if time is None or math.isnan(time) else -time, item

    kept = frozenset(sorted(names, key=order)[:maximum])
    rows = [row for row, item in enumerate(interactions.item_ids) if item in kept]
    return select_rows(interactions, rows), _select_items(items, kept) if items else None


def _select_items(items: Items, kept: frozenset[str]) -> Items:
    rows = [row for row, item in enumerate(items.item_ids) if item in kept]
    times = items.creation_timestamps
    return replace(
        items,
        item_ids=[items.item_ids[row] for row in rows],
        metadata={name: [values[row] for row in rows] for name, values in items.metadata.items()},
        creation_timestamps=[times[row] for row in rows] if times else None,
    )
