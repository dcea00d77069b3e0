"""Serve recommendations: histories, filters, exploration and item metadata of a request."""

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
from local_aws.personalize.training import newest_active_version, training_items
from local_aws.recommender import Event, Exploration, ScoredItem

MAXIMUM_METADATA_COLUMNS = 10
MAXIMUM_RESULTS = 500
MAXIMUM_RESULTS_WITH_METADATA = 50


@dataclass(frozen=True)
class Visitor:
    """The visitor of a request: the id (of a user or of an anonymous session), the history and the user record."""

    visitor_id: str
    history: Sequence[Event]
    record: Mapping[str, Any] | None


def get_deployment(service: Service, campaign_arn: str | None, recipe_type: str) -> Deployment:
    """Return what a campaign serves at present.

    Raises:
        NotSupportedError: The request names no campaign.
        ResourceNotFoundError: There is no such campaign.
        InvalidInputError: The campaign is not ACTIVE yet, or its recipe is not of `recipe_type`.
    """
    if campaign_arn is None:
        message = "Recommenders are not available in the local Amazon Personalize yet; give a campaignArn."
        raise NotSupportedError(message)
    deployment: Deployment | None = service.deployments.get(campaign_arn)
    if deployment is None:
        campaign = service.store.get(campaign_arn, CAMPAIGN)
        raise InvalidInputError(f"The campaign {campaign_arn} is not ACTIVE but {service.status(campaign)}.")
    recipe = deployment.recipe
    if recipe.recipe_type != recipe_type:
        raise InvalidInputError(f"The recipe of this campaign, {recipe.name}, does not support this operation.")
    _refresh_catalogue(service, deployment)
    return deployment


def get_visitor(service: Service, deployment: Deployment, visitor_id: str) -> Visitor:
    """Return the present state of a visitor."""
    data = service.data(deployment.group_arn)
    history = data.interactions.history(visitor_id, service.settings.quotas.history_events)
    return Visitor(visitor_id, history, data.users.get(visitor_id))


def filter_items(
    service: Service, deployment: Deployment, visitor: Visitor, request: Mapping[str, Any]
) -> frozenset[str] | None:
    """Return the items that the filter of a request or of a promotion allows, or None without a filter.

    Raises:
        InvalidInputError: The filter or its values are not valid.
        ResourceNotFoundError: There is no such filter.
    """
    arn = request.get("filterArn")
    if arn is None:
        if request.get("filterValues"):
            raise InvalidInputError("filterValues needs a filterArn.")
        return None
    resource = service.require_active(service.store.get(arn, FILTER))
    if resource["datasetGroupArn"] != deployment.group_arn:
        raise InvalidInputError(f"The filter {arn} is of another dataset group than the campaign.")
    data = service.data(deployment.group_arn)
    context = FilterContext(
        data.item_index(), data.candidates, visitor.history, visitor.record, request.get("filterValues", {})
    )
    return allowed_items(parse_filter(resource["filterExpression"]), context)


def recommend(
    service: Service, deployment: Deployment, visitor: Visitor, count: int, allowed: Collection[str] | None
) -> list[ScoredItem]:
    """Return the best `count` items for the visitor, with the exploration that the campaign configures."""
    history = deployment.events.filter_history(visitor.history)
    exploration = _exploration(deployment, visitor, service.now())
    # The age of an item ends at the newest interaction of the dataset, not today (explorationItemAgeCutOff).
    newest = service.data(deployment.group_arn).interactions.newest()
    return deployment.model.recommend(history, count, allowed=allowed, exploration=exploration, now=newest)


def metadata_columns(service: Service, deployment: Deployment, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the item columns that the request selects.

    Raises:
        InvalidInputError: The campaign does not return metadata, or the columns are not valid.
    """
    selected = request.get("metadataColumns")
    if not selected:
        return ()
    if not deployment.config.get("enableMetadataWithRecommendations"):
        raise InvalidInputError("Metadata is not enabled: the campaign needs enableMetadataWithRecommendations.")
    if set(selected) != {"ITEMS"}:
        raise InvalidInputError("metadataColumns takes columns of ITEMS only.")
    columns = tuple(selected["ITEMS"])
    schema = service.schema_of(deployment.group_arn, "Items")
    unknown = [name for name in columns if schema is None or not schema.field(name) or name == "ITEM_ID"]
    if unknown or len(columns) > MAXIMUM_METADATA_COLUMNS:
        reason = f"there is no {', '.join(unknown)}" if unknown else "more than 10 columns"
        raise InvalidInputError(f"metadataColumns is not valid: {reason}.")
    return columns


def describe_item(
    service: Service, deployment: Deployment, scored: ScoredItem, columns: Sequence[str]
) -> dict[str, Any]:
    """Return one item of a response of the runtime, with its score and the selected metadata columns."""
    members: dict[str, Any] = {"itemId": scored.item_id}
    if scored.score is not None and math.isfinite(scored.score):
        members["score"] = scored.score
    if columns:
        record = service.data(deployment.group_arn).items.get(scored.item_id) or {}
        members["metadata"] = {name: str(record[name]) for name in columns if record.get(name) is not None}
    return members


def new_recommendation_id() -> str:
    """Return an id for one response, of at most 40 characters."""
    return f"RID-{uuid.uuid4()}"


def _exploration(deployment: Deployment, visitor: Visitor, now: float) -> Exploration | None:
    config = deployment.config.get("itemExplorationConfig")
    if not config:
        return None
    # The same visitor with the same history gets the same items; another day or another event explores other items.
    situation = f"{visitor.visitor_id}/{len(visitor.history)}/{now // 86_400}"
    return Exploration(
        weight=float(config["explorationWeight"]),
        item_age_cut_off_days=float(config["explorationItemAgeCutOff"]),
        seed=zlib.crc32(situation.encode()),
    )


def _refresh_catalogue(service: Service, deployment: Deployment) -> None:
    """Add new items to a campaign in the background, as the newest version of an exploring recipe does."""
    version = service.data(deployment.group_arn).items.version
    due = deployment.refreshed + service.settings.item_update_seconds <= service.now()
    if version != deployment.catalogue_version and due and deployment.recipe.explores:
        deployment.refreshed = service.now()
        service.light_workers.submit(lambda: _add_items(service, deployment, version))


def _add_items(service: Service, deployment: Deployment, version: int) -> None:
    with service.lock:
        newest = newest_active_version(service, deployment.solution_arn)
        solution = service.store.find(deployment.solution_arn, SOLUTION)
        if solution is None or newest is None or newest.arn != deployment.version_arn:
            return
        items = training_items(service, solution)
    if items:
        deployment.model = deployment.model.with_items(items)
    deployment.catalogue_version = version
