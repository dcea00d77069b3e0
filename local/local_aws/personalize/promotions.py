"""Promotions: a share of an answer that goes to the best of the items that a filter picks out."""

from collections.abc import Collection, Mapping
from typing import Any

from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.service import Service
from local_aws.personalize.serving import Visitor, filtered, recommend
from local_aws.recommender import ScoredItem


def with_promotion(
    service: Service,
    deployed: Deployment,
    whom: Visitor,
    count: int,
    allowed: Collection[str] | None,
    promotion: Mapping[str, Any],
) -> list[tuple[ScoredItem, str | None]]:
    """`count` items by score, `percentPromotedItems` of them promoted; with each the promotion's name, or None."""
    if "filterArn" not in promotion:
        raise InvalidInputError("A promotion needs a filterArn.")
    name = promotion.get("name")
    places = count * promotion.get("percentPromotedItems", 100) // 100
    candidates = filtered(service, deployed, whom, promotion) or frozenset()
    if allowed is not None:
        candidates &= frozenset(allowed)
    promoted = recommend(service, deployed, whom, places, candidates) if places and candidates else []
    taken = {scored.item_id for scored in promoted}
    others = [s for s in recommend(service, deployed, whom, count, allowed) if s.item_id not in taken]
    chosen = [(scored, name) for scored in promoted] + [(s, None) for s in others[: count - len(promoted)]]
    return sorted(chosen, key=lambda pair: -(pair[0].score or 0.0))
