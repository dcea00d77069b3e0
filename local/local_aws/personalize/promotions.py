"""Promotions: a share of the recommendations that goes to the best items of a filter."""

from collections.abc import Collection, Mapping
from typing import Any

from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.service import Service
from local_aws.personalize.serving import Visitor, filter_items, recommend
from local_aws.recommender import ScoredItem


def recommend_with_promotion(
    service: Service,
    deployment: Deployment,
    visitor: Visitor,
    count: int,
    allowed: Collection[str] | None,
    promotion: Mapping[str, Any],
) -> list[tuple[ScoredItem, str | None]]:
    """Return `count` items by score, `percentPromotedItems` of them promoted.

    With each item comes the name of its promotion, or None.

    Raises:
        InvalidInputError: The promotion has no filter, or its filter is not valid.
    """
    if "filterArn" not in promotion:
        raise InvalidInputError("A promotion needs a filterArn.")
    name = promotion.get("name")
    places = count * promotion.get("percentPromotedItems", 100) // 100
    candidates = filter_items(service, deployment, visitor, promotion) or frozenset()
    if allowed is not None:
        candidates &= frozenset(allowed)
    promoted = recommend(service, deployment, visitor, places, candidates) if places and candidates else []
    promoted_ids = {scored.item_id for scored in promoted}
    others = [s for s in recommend(service, deployment, visitor, count, allowed) if s.item_id not in promoted_ids]
    chosen = [(scored, name) for scored in promoted] + [(s, None) for s in others[: count - len(promoted)]]
    return sorted(chosen, key=lambda pair: -(pair[0].score or 0.0))
