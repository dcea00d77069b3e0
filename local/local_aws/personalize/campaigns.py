"""Deploy solution versions: what a campaign serves, and how it changes from one version to the next."""

import logging
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local_aws.personalize.action_model import ActionModel
from local_aws.personalize.actions import ActionDeployment
from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.hyperparameters import V1
from local_aws.personalize.item_utilities import ContextStatistics, UserStatistics, objective_utilities
from local_aws.personalize.recipe import Recipe
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource, Update
from local_aws.personalize.resource_types import CAMPAIGN, SOLUTION
from local_aws.personalize.semantic_model import SemanticModel
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_FAILED, CREATE_IN_PROGRESS, CREATE_PENDING, StatusTimeline
from local_aws.personalize.training import EventFilter, newest_active_version, unused_columns

if TYPE_CHECKING:
    from local_aws.recommender import Model

_log = logging.getLogger(__name__)

LATEST = "/$LATEST"
_HOLD_SECONDS = 0.05  # between two checks whether a fault still holds an update


@dataclass
class Deployment:
    """What a campaign serves at present.

    `parameters` say which data the recipe uses, and `objective` is what the solution's optimizationObjective adds to
    the utility of items. `model` is replaced when the catalogue grows, `rising` has the time and the result of the
    newest search for trends, and `context` and `users` are computed when they are first needed; all else never changes.
    """

    version_arn: str
    group_arn: str
    solution_arn: str
    recipe: Recipe
    config: dict[str, Any]
    events: EventFilter
    model: Any
    """A Model of the recommender, or a SemanticModel."""
    catalogue_version: int
    refreshed: float
    parameters: Mapping[str, str] = field(default_factory=dict)
    rising: tuple[float, list[str]] = (-math.inf, [])
    objective: Mapping[str, float] = field(default_factory=dict)
    context: ContextStatistics | None = None
    users: UserStatistics | None = None
    unused_columns: Mapping[str, Collection[str]] = field(default_factory=dict)
    memory: float = 1.0
    """The share of the usual events of a history that counts."""


def deploy(service: Service, campaign: Resource, version_arn: str, config: dict[str, Any]) -> None:
    """Let a campaign serve a version from now on.

    Raises:
        JobFailedError: The version was deleted.
    """
    version, solution = _find(service, version_arn)
    if RECIPES[version["recipeArn"]].recipe_type == "PERSONALIZED_ACTIONS":
        service.deployments[campaign.arn] = _make_action_deployment(service, version, solution)
    else:
        service.deployments[campaign.arn] = make_deployment(service, version, solution, config)


def load_deployment(service: Service, version_arn: str, config: dict[str, Any]) -> Deployment:
    """Return a version with its model in memory.

    Raises:
        JobFailedError: The version was deleted.
    """
    return make_deployment(service, *_find(service, version_arn), config)


def _make_action_deployment(service: Service, version: Resource, solution: Resource) -> ActionDeployment:
    model = ActionModel.from_bytes(service.models.read(version.arn))
    recipe = RECIPES[version["recipeArn"]]
    return ActionDeployment(version.arn, solution["datasetGroupArn"], solution.arn, recipe, model)


def _find(service: Service, version_arn: str) -> tuple[Resource, Resource]:
    """Return a version and its solution."""
    with service.lock:
        version = service.store.find(version_arn)
        solution = service.store.find(version["solutionArn"], SOLUTION) if version else None
    if version is None or solution is None:
        raise JobFailedError(f"The solution version {version_arn} was deleted.")
    return version, solution


def make_deployment(service: Service, version: Resource, solution: Resource, config: dict[str, Any]) -> Deployment:
    """Return a version of a solution with its model in memory. A recommender is both."""
    solution_config = version.get("solutionConfig") or {}
    items = service.data(solution["datasetGroupArn"]).items.snapshot()
    return Deployment(
        version_arn=version.arn,
        group_arn=solution["datasetGroupArn"],
        solution_arn=solution.arn,
        recipe=RECIPES[version["recipeArn"]],
        config=config,
        events=EventFilter.from_version(version.fields),
        model=_load_model(service, version),
        catalogue_version=version["catalogueVersion"],
        refreshed=service.now(),
        parameters=solution_config.get("featureTransformationParameters", {}),
        objective=objective_utilities(items, solution_config),
        unused_columns=unused_columns(service, solution),
        memory=_memory(version, solution_config),
    )


def _load_model(service: Service, version: Resource) -> "Model | SemanticModel":
    if RECIPES[version["recipeArn"]].semantic:
        return SemanticModel.from_bytes(service.models.read(version.arn))
    return service.models.get(version.arn)


def _memory(version: Resource, config: Mapping[str, Any]) -> float:
    """Return how much of a history counts: the less, the smaller `bptt`, which is for long-term effects."""
    bptt = V1["bptt"]
    tuned = version.get("tunedHPOParams", {}).get("algorithmHyperParameters", {})
    return float((config.get("algorithmHyperParameters", {}) | tuned).get("bptt", bptt.default)) / bptt.high


def start_update(service: Service, campaign: Resource, change: dict[str, Any], version_arn: str) -> None:
    """Start an update of a campaign. The old version serves until the update is ACTIVE. Hold the service's lock."""
    step_seconds = service.settings.step_seconds
    members = {name: campaign[name] for name in ("solutionVersionArn", "minProvisionedTPS", "campaignConfig")} | change
    timeline = StatusTimeline.starting_at(service.now(), step_seconds, CREATE_PENDING, CREATE_IN_PROGRESS)
    update = Update(members, timeline)
    campaign.updates["latestCampaignUpdate"] = update
    service.light_workers.submit(lambda: _finish_update(service, campaign, update, version_arn), 2 * step_seconds)


def sync_campaigns(service: Service, solution_arn: str) -> None:
    """Update the campaigns that follow $LATEST to the solution's newest version. Hold the service's lock."""
    newest = newest_active_version(service, solution_arn)
    for campaign in service.store.all(CAMPAIGN, solutionArn=solution_arn):
        follows = campaign["campaignConfig"].get("syncWithLatestSolutionVersion")
        if newest and follows and service.status(campaign) == ACTIVE:
            start_update(service, campaign, {}, newest.arn)


def _finish_update(service: Service, campaign: Resource, update: Update, version_arn: str) -> None:
    if service.faults.holds("holdCampaignUpdates", campaign["name"]):
        service.light_workers.submit(lambda: _finish_update(service, campaign, update, version_arn), _HOLD_SECONDS)
        return
    reason = service.faults.take_failure("failNextCampaignUpdate", campaign["name"])
    if not reason:
        try:
            deploy(service, campaign, version_arn, update.fields["campaignConfig"])
        except (JobFailedError, KeyError) as error:
            reason = str(error)
    if reason:
        _log.error("%s: the update failed: %s", campaign.arn, reason)
    with service.lock:
        now = service.now()
        update.failure_reason = reason
        update.timeline = update.timeline.then(now, 0, CREATE_FAILED if reason else ACTIVE)
        if not reason:
            campaign.fields.update(update.fields, solutionArn=service.deployments[campaign.arn].solution_arn)
            campaign.failure_reason = None
            campaign.timeline = campaign.timeline.then(now, 0, ACTIVE)
