"""Serve recommendations: histories, filters, exploration and item metadata of a request."""

import math
import uuid
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.personalize.added_utilities import PERSONAL, added_utilities
from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import Filter, FilterContext, allowed_items, parse_filter
from local_aws.personalize.resource_types import CAMPAIGN, FILTER, RECOMMENDER, SOLUTION
from local_aws.personalize.semantic_model import SemanticModel, influence_of
from local_aws.personalize.service import Service
from local_aws.personalize.training import newest_active_version, training_items
from local_aws.personalize.trending import trending_items
from local_aws.recommender import Event, Exploration, ScoredItem

_NO_CONTEXT = frozenset(
    ("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID")
)
# The service does not say how much User-Personalization-v2 explores, only that it rather recommends items with events.
_BY_ITSELF = {"explorationWeight": "0.1", "explorationItemAgeCutOff": "30"}
MAXIMUM_METADATA_COLUMNS = 10
MAXIMUM_RESULTS = 500
MAXIMUM_RESULTS_WITH_METADATA = 50


@dataclass(frozen=True)
class Visitor:
    """The visitor of a request: the id (of a user or of an anonymous session), the history and the user record.

    `item_id` is the item that the visitor looks at, for related items, and `context` the visitor's situation: values of
    columns of the interactions.
    """

    visitor_id: str | None
    history: Sequence[Event]
    record: Mapping[str, Any] | None
    item_id: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)


def get_deployment(service: Service, request: Mapping[str, Any], *recipe_types: str) -> Deployment:
    """Return what the campaign or the recommender of a request serves at present.

    Raises:
        ResourceNotFoundError: There is no such campaign or recommender.
        InvalidInputError: It is not ACTIVE, its recipe is of none of `recipe_types`, or the request does not name one.
    """
    arns = [request[name] for name in ("campaignArn", "recommenderArn") if name in request]
    if len(arns) != 1:
        raise InvalidInputError("Give either a campaignArn or a recommenderArn.")
    deployment: Deployment | None = service.deployments.get(arns[0])
    if deployment is None or deployment.recipe.domain:
        server = service.store.get(arns[0], CAMPAIGN if "campaignArn" in request else RECOMMENDER)
        service.require_active(server)
        deployment = service.deployments[server.arn]
    recipe = deployment.recipe
    if not isinstance(deployment, Deployment) or recipe.recipe_type not in recipe_types:
        raise InvalidInputError(f"The recipe {recipe.name} does not support this operation.")
    _refresh_catalogue(service, deployment)
    return deployment


def get_visitor(service: Service, deployment: Deployment, request: Mapping[str, Any]) -> Visitor:
    """Return the present state of the visitor that a request or a line of a batch names by its `userId`.

    Raises:
        InvalidInputError: The recipe needs a userId or an itemId, and the request has none.
    """
    visitor_id, item_id = request.get("userId"), request.get("itemId")
    if missing := [name for name in deployment.recipe.needs if name not in request]:
        raise InvalidInputError(f"{' and '.join(missing)} is required for the recipe {deployment.recipe.name}.")
    context = request.get("context") or {}
    _check_context(service, deployment, context)
    if visitor_id is None:
        return Visitor(None, (), None, item_id)
    data = service.data(deployment.group_arn)
    limit = round(service.settings.quotas.history_events * deployment.memory)
    history = data.interactions.history(visitor_id, limit)
    return Visitor(visitor_id, history, data.users.get(visitor_id), item_id, context)


def _check_context(service: Service, deployment: Deployment, context: Mapping[str, str]) -> None:
    if not context:
        return
    if deployment.recipe.recipe_type not in PERSONAL:
        raise InvalidInputError(f"The recipe {deployment.recipe.name} takes no context.")
    schema = service.schema_of(deployment.group_arn, "Interactions")
    known = {field.name for field in schema.fields} - _NO_CONTEXT if schema else set()
    if unknown := sorted(set(context) - known):
        raise InvalidInputError(f"The context has {', '.join(unknown)}, which is no contextual column of Interactions.")


def filter_items(
    service: Service, deployment: Deployment, visitor: Visitor, request: Mapping[str, Any]
) -> frozenset[str] | None:
    """Return the items that the filter of a request or of a promotion allows, or None if every item is allowed.

    A use case may also hide what the user has watched or bought.

    Raises:
        InvalidInputError: The filter or its values are not valid.
        ResourceNotFoundError: There is no such filter.
    """
    arn = request.get("filterArn")
    if arn is None:
        if request.get("filterValues"):
            raise InvalidInputError("filterValues needs a filterArn.")
        hidden = _hidden_items(deployment, visitor)
        return service.data(deployment.group_arn).candidates() - hidden if hidden else None
    resource = service.require_active(service.store.get(arn, FILTER))
    if resource["datasetGroupArn"] != deployment.group_arn:
        raise InvalidInputError(f"The filter {arn} is of another dataset group than the campaign.")
    parsed = parse_filter(resource["filterExpression"])
    _check_filter_applies(parsed, deployment, visitor)
    data = service.data(deployment.group_arn)
    item = data.items.get(visitor.item_id) if visitor.item_id else None
    values = request.get("filterValues", {})
    context = FilterContext(data.item_index(), data.candidates, visitor.history, visitor.record, values, item)
    return allowed_items(parsed, context) - _hidden_items(deployment, visitor)


def _hidden_items(deployment: Deployment, visitor: Visitor) -> frozenset[str]:
    hides = (deployment.recipe.hides or "").lower()
    if not hides:
        return frozenset()
    return frozenset(event.item_id for event in visitor.history if (event.event_type or "").lower() == hides)


def _check_filter_applies(parsed: Filter, deployment: Deployment, visitor: Visitor) -> None:
    if parsed.entity != "ItemID":
        raise InvalidInputError(f"The filter selects {parsed.entity}, not ItemID.")
    if parsed.uses("CurrentItem") and deployment.recipe.recipe_type != "RELATED_ITEMS":
        raise InvalidInputError(f"The recipe {deployment.recipe.name} has no CurrentItem; the filter uses it.")
    if visitor.visitor_id is None and (parsed.uses("Interactions") or parsed.uses("CurrentUser")):
        raise InvalidInputError("The filter uses interactions or CurrentUser, so userId is required.")


def recommend(
    service: Service, deployment: Deployment, visitor: Visitor, count: int, allowed: Collection[str] | None
) -> list[ScoredItem]:
    """Return the best `count` items for the visitor, with the exploration that the campaign configures."""
    if deployment.recipe.recipe_type == "RELATED_ITEMS":
        return _related_items(service, deployment, visitor, count, allowed)
    if deployment.recipe.trends:
        return trending_items(service, deployment, count, allowed)
    impressions = service.data(deployment.group_arn).interactions.impressions
    exploration = _exploration(deployment, visitor, service.now(), impressions)
    return _personal_items(service, deployment, visitor, count, allowed, exploration)


def unexplored_items(
    service: Service, deployment: Deployment, visitor: Visitor, count: int, allowed: Collection[str] | None
) -> frozenset[str]:
    """Return the items that `recommend` would return without exploration."""
    items = _personal_items(service, deployment, visitor, count, allowed, None)
    return frozenset(scored.item_id for scored in items)


def _personal_items(
    service: Service,
    deployment: Deployment,
    visitor: Visitor,
    count: int,
    allowed: Collection[str] | None,
    exploration: Exploration | None,
) -> list[ScoredItem]:
    history = deployment.events.filter_history(visitor.history)
    # The age of an item ends at the newest interaction of the dataset, not today (explorationItemAgeCutOff).
    newest = service.data(deployment.group_arn).interactions.newest()
    added = added_utilities(service, deployment, visitor.context, visitor.record, len(visitor.history))
    how = {"allowed": allowed, "exploration": exploration, "now": newest, "added": added}
    items: list[ScoredItem] = deployment.model.recommend(history, count, **how)
    return items


def rank(service: Service, deployment: Deployment, visitor: Visitor, items: Sequence[str]) -> list[ScoredItem]:
    """Return each of the items once, the best for the visitor first."""
    history = deployment.events.filter_history(visitor.history)
    added = added_utilities(service, deployment, visitor.context, visitor.record, len(visitor.history))
    ranked: list[ScoredItem] = deployment.model.rank(history, items, added=added)
    return ranked


def _related_items(
    service: Service, deployment: Deployment, visitor: Visitor, count: int, allowed: Collection[str] | None
) -> list[ScoredItem]:
    if isinstance(deployment.model, SemanticModel):
        return deployment.model.similar(visitor.item_id or "", count, allowed, influence_of(deployment.config))
    looked_at = Event(visitor.item_id or "", service.now())
    related = deployment.model.recommend([looked_at], count + 1, allowed=allowed)
    return [scored for scored in related if scored.item_id != visitor.item_id][:count]


def metadata_columns(service: Service, deployment: Deployment, request: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the item columns that the request selects.

    Raises:
        InvalidInputError: The campaign does not return metadata, or the columns are not valid.
    """
    selected = request.get("metadataColumns")
    if not selected:
        return ()
    if not (deployment.recipe.gives_metadata or deployment.config.get("enableMetadataWithRecommendations")):
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
    if deployment.recipe.scores and scored.score is not None and math.isfinite(scored.score):
        members["score"] = scored.score
    if columns:
        record = service.data(deployment.group_arn).items.get(scored.item_id) or {}
        # AWS's notebooks read the names of the columns in lower case, however they are requested.
        members["metadata"] = {name.lower(): str(record[name]) for name in columns if record.get(name) is not None}
    return members


def new_recommendation_id() -> str:
    """Return an id for one response, of at most 40 characters."""
    return f"RID-{uuid.uuid4()}"


def _exploration(
    deployment: Deployment, visitor: Visitor, now: float, impressions: Mapping[str, float]
) -> Exploration | None:
    config = _BY_ITSELF if deployment.recipe.explores_by_itself else deployment.config.get("itemExplorationConfig")
    if not config:
        return None
    # The same visitor with the same history gets the same items; another day or another event explores other items.
    situation = f"{visitor.visitor_id}/{len(visitor.history)}/{now // 86_400}"
    return Exploration(
        weight=float(config["explorationWeight"]),
        item_age_cut_off_days=float(config["explorationItemAgeCutOff"]),
        seed=zlib.crc32(situation.encode()),
        impressions=impressions,
    )


def _refresh_catalogue(service: Service, deployment: Deployment) -> None:
    """Add new items to a campaign in the background, if the version that it serves is updated automatically."""
    version = service.data(deployment.group_arn).items.version
    due = deployment.refreshed + service.settings.item_update_seconds <= service.now()
    if version != deployment.catalogue_version and due and deployment.recipe.learns_new_items:
        deployment.refreshed = service.now()
        service.light_workers.submit(lambda: _add_items(service, deployment, version))


def _add_items(service: Service, deployment: Deployment, version: int) -> None:
    with service.lock:
        solution = service.store.find(deployment.solution_arn, SOLUTION, RECOMMENDER)
        if solution is None or not _is_updated_automatically(service, deployment):
            return
        items = training_items(service, solution)
    if items:
        deployment.model = deployment.model.with_items(items)
    deployment.catalogue_version = version


def _is_updated_automatically(service: Service, deployment: Deployment) -> bool:
    """Return whether the version is the newest one of its solution, and not made by an UPDATE.

    With Semantic-Similarity the solution says so (performIncrementalUpdate).

    Sources: developer guide, "Automatic updates" (only the latest solution version is updated, even if a campaign
    serves an older one); CreateSolutionVersion, `trainingMode` (UPDATE stops automatic updates).
    """
    if deployment.recipe.domain:
        return True
    if deployment.recipe.semantic:
        return bool(service.store.get(deployment.solution_arn, SOLUTION)["performIncrementalUpdate"])
    newest = newest_active_version(service, deployment.solution_arn)
    return newest is not None and newest.arn == deployment.version_arn and newest["trainingMode"] != "UPDATE"
