"""Promotions: a share of the recommendations that goes to the best items of a filter.

Source: developer guide, "Promoting items in real-time recommendations". The filter of a promotion applies to promoted
items only, the filter of the request to the others only, and the promoted items stand at random places of the list.
"""

import random
import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.service import Service
from local_aws.personalize.serving import Visitor, filter_items, recommend
from local_aws.recommender import ScoredItem

Placed = tuple[ScoredItem, str | None]
"""An item, and the name of its promotion or None."""


def recommend_with_promotion(
    service: Service,
    deployment: Deployment,
    visitor: Visitor,
    count: int,
    allowed: Collection[str] | None,
    promotion: Mapping[str, Any],
) -> list[Placed]:
    """Return `count` items, `percentPromotedItems` of them promoted. Both kinds are in the order of their relevance.

    Raises:
        InvalidInputError: The promotion has no filter, or its filter is not valid.
    """
    if "filterArn" not in promotion:
        raise InvalidInputError("A promotion needs a filterArn.")
    places = count * promotion.get("percentPromotedItems", 100) // 100
    candidates = filter_items(service, deployment, visitor, promotion)
    promoted = recommend(service, deployment, visitor, places, candidates) if places and candidates else []
    promoted_ids = {scored.item_id for scored in promoted}
    others = [s for s in recommend(service, deployment, visitor, count, allowed) if s.item_id not in promoted_ids]
    # The same visitor with the same history sees the promoted items at the same places.
    seed = zlib.crc32(f"{visitor.visitor_id}/{visitor.item_id}/{len(visitor.history)}".encode())
    return _mix(promoted, others[: count - len(promoted)], promotion.get("name"), random.Random(seed))


def _mix(
    promoted: Sequence[ScoredItem], others: Sequence[ScoredItem], name: str | None, draw: random.Random
) -> list[Placed]:
    total = len(promoted) + len(others)
    places = frozenset(draw.sample(range(total), len(promoted)))
    remaining = {True: iter(promoted), False: iter(others)}
    return [(next(remaining[place in places]), name if place in places else None) for place in range(total)]
