"""Answers at run time: whose history counts, what a filter leaves, which items are explored, promoted and described."""

import math
import uuid
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError, NotSupportedError
from local_aws.personalize.filters import FilterContext, allowed_items, parse_filter
from local_aws.personalize.resource_types import CAMPAIGN, FILTER, SOLUTION
from local_aws.personalize.service import Service
from local_aws.personalize.training import item_records, newest_active_version
from local_aws.recommender import Event, Exploration, ScoredItem

MAXIMUM_METADATA_COLUMNS = 10
MAXIMUM_RESULTS = 500
MAXIMUM_RESULTS_WITH_METADATA = 50


@dataclass(frozen=True)
class Visitor:
    """Whom an answer is for: the id given (a user's or an anonymous session's), its history and its user record."""

    visitor_id: str
    history: Sequence[Event]
    record: Mapping[str, Any] | None


def deployment(service: Service, campaign_arn: str | None, recipe_type: str) -> Deployment:
    """What a campaign serves now, if its recipe is of `recipe_type`.

    Raises ResourceNotFoundError, InvalidInputError (not ACTIVE yet, or of the wrong type).
    """
    if campaign_arn is None:
        raise NotSupportedError(
            "Recommenders are not available in the local Amazon Personalize yet; give a campaignArn."
        )
    held: Deployment | None = service.deployments.get(campaign_arn)
    if held is None:
        campaign = service.store.get(campaign_arn, CAMPAIGN)
        raise InvalidInputError(f"The campaign {campaign_arn} is not ACTIVE but {service.status(campaign)}.")
    if held.recipe.recipe_type != recipe_type:
        raise InvalidInputError(f"The recipe of this campaign, {held.recipe.name}, does not support this operation.")
    _refresh(service, held)
    return held


def visitor(service: Service, deployed: Deployment, visitor_id: str) -> Visitor:
    """The visitor as the service knows him now."""
    data = service.data(deployed.group_arn)
    history = data.interactions.history(visitor_id, service.settings.quotas.history_events)
    return Visitor(visitor_id, history, data.users.get(visitor_id))


def filtered(
    service: Service, deployed: Deployment, whom: Visitor, request: Mapping[str, Any]
) -> frozenset[str] | None:
    """The items that the request's (or a promotion's) filter leaves; None without a filter."""
    arn = request.get("filterArn")
    if arn is None:
        if request.get("filterValues"):
            raise InvalidInputError("filterValues needs a filterArn.")
        return None
    resource = service.require_active(service.store.get(arn, FILTER))
    if resource["datasetGroupArn"] != deployed.group_arn:
        raise InvalidInputError(f"The filter {arn} is of another dataset group than the campaign.")
    data = service.data(deployed.group_arn)
    context = FilterContext(
        data.item_index(), data.candidates, whom.history, whom.record, request.get("filterValues", {})
    )
    return allowed_items(parse_filter(resource["filterExpression"]), context)


def recommend(
    service: Service, deployed: Deployment, whom: Visitor, count: int, allowed: Collection[str] | None
) -> list[ScoredItem]:
    """The best `count` items for the visitor, with exploration as the campaign is configured."""
    history = deployed.events.of_history(whom.history)
    exploration = _exploration(deployed, whom, service.now())
    # An item's age is counted up to the newest interaction of the dataset, not up to today (explorationItemAgeCutOff).
    newest = service.data(deployed.group_arn).interactions.newest()
    return deployed.model.recommend(history, count, allowed=allowed, exploration=exploration, now=newest)


def metadata_columns(service: Service, deployed: Deployment, request: Mapping[str, Any]) -> tuple[str, ...]:
    """The item columns that the request asks for. Raises InvalidInputError."""
    asked = request.get("metadataColumns")
    if not asked:
        return ()
    if not deployed.config.get("enableMetadataWithRecommendations"):
        raise InvalidInputError("Metadata is not enabled: the campaign needs enableMetadataWithRecommendations.")
    if set(asked) != {"ITEMS"}:
        raise InvalidInputError("metadataColumns takes columns of ITEMS only.")
    columns = tuple(asked["ITEMS"])
    schema = service.schema_of(deployed.group_arn, "Items")
    unknown = [name for name in columns if schema is None or not schema.field(name) or name == "ITEM_ID"]
    if unknown or len(columns) > MAXIMUM_METADATA_COLUMNS:
        wrong = f"there is no {', '.join(unknown)}" if unknown else "more than 10 columns"
        raise InvalidInputError(f"metadataColumns is not valid: {wrong}.")
    return columns


def item(service: Service, deployed: Deployment, scored: ScoredItem, columns: Sequence[str]) -> dict[str, Any]:
    """One item as the runtime answers it."""
    answer: dict[str, Any] = {"itemId": scored.item_id}
    if scored.score is not None and math.isfinite(scored.score):
        answer["score"] = scored.score
    if columns:
        record = service.data(deployed.group_arn).items.get(scored.item_id) or {}
        answer["metadata"] = {name: str(record[name]) for name in columns if record.get(name) is not None}
    return answer


def recommendation_id() -> str:
    """An id for one answer, of at most 40 characters."""
    return f"RID-{uuid.uuid4()}"


def _exploration(deployed: Deployment, whom: Visitor, now: float) -> Exploration | None:
    config = deployed.config.get("itemExplorationConfig")
    if not config:
        return None
    # The same visitor in the same situation sees the same items; another day or another event, and others have a turn.
    situation = f"{whom.visitor_id}/{len(whom.history)}/{now // 86_400}"
    return Exploration(
        weight=float(config["explorationWeight"]),
        item_age_cut_off_days=float(config["explorationItemAgeCutOff"]),
        seed=zlib.crc32(situation.encode()),
    )


def _refresh(service: Service, deployed: Deployment) -> None:
    """Have a campaign learn of new items in the background, as the newest version of an exploring recipe does."""
    version = service.data(deployed.group_arn).items.version
    due = deployed.refreshed + service.settings.item_update_seconds <= service.now()
    if version != deployed.catalogue_version and due and deployed.recipe.explores:
        deployed.refreshed = service.now()
        service.light.submit(lambda: _add_items(service, deployed, version))


def _add_items(service: Service, deployed: Deployment, version: int) -> None:
    with service.lock:
        newest = newest_active_version(service, deployed.solution_arn)
        solution = service.store.find(deployed.solution_arn, SOLUTION)
        if solution is None or newest is None or newest.arn != deployed.version_arn:
            return
        items = item_records(service, solution)
    if items:
        deployed.model = deployed.model.with_items(items)
    deployed.catalogue_version = version
