"""The operations of campaigns."""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.campaigns import LATEST, deploy, start_update
from local_aws.personalize.errors import InvalidInputError, LimitExceededError, ResourceInUseError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.recipe import Recipe
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import CAMPAIGN, SOLUTION, SOLUTION_VERSION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, CREATE_FAILED
from local_aws.personalize.training import newest_active_version
from local_aws.personalize.validation import finite_number

_EXPLORATION_DEFAULTS = {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}


@operation("CreateCampaign")
def create_campaign(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateCampaign. The solution version must be ACTIVE."""
    config = dict(request.get("campaignConfig", {}))
    version = _find_version(service, request["solutionVersionArn"], config)
    recipe = RECIPES[version["recipeArn"]]
    if recipe.recipe_type == "USER_SEGMENTATION":
        raise InvalidInputError(f"The recipe {recipe.name} has no campaigns; create a batch segment job.")
    check_exploration(recipe, config)
    check_influence_data(service, version["datasetGroupArn"], config)
    config |= exploration_config(recipe, config)
    group_arn = version["datasetGroupArn"]
    if len(service.store.all(CAMPAIGN, datasetGroupArn=group_arn)) >= service.settings.quotas.campaigns_per_group:
        raise LimitExceededError(f"The limit of campaigns of the dataset group {group_arn} is reached.")
    campaign = service.create(
        CAMPAIGN,
        request,
        work=lambda campaign: deploy(service, campaign, version.arn, config),
        minProvisionedTPS=request.get("minProvisionedTPS", 1),
        campaignConfig=config,
        solutionArn=version["solutionArn"],
        datasetGroupArn=group_arn,
    )
    return {"campaignArn": campaign.arn}


@operation("UpdateCampaign")
def update_campaign(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle UpdateCampaign: change the version (of any solution of the group), the provisioning or the config."""
    campaign = service.store.get(request["campaignArn"], CAMPAIGN)
    _require_updatable(service, campaign)
    change = {name: value for name, value in request.items() if name != "campaignArn"}
    if not change:
        raise InvalidInputError("There is nothing to update.")
    config = campaign["campaignConfig"] | change.get("campaignConfig", {})
    version = _find_version(service, change.get("solutionVersionArn", campaign["solutionVersionArn"]), config)
    if version["datasetGroupArn"] != campaign["datasetGroupArn"]:
        raise InvalidInputError("The solution version is of another dataset group than the campaign.")
    recipe = RECIPES[version["recipeArn"]]
    if not recipe.explores and "itemExplorationConfig" not in change.get("campaignConfig", {}):
        config.pop("itemExplorationConfig", None)  # belongs to the recipe that the campaign served before
    check_exploration(recipe, config)
    check_influence_data(service, version["datasetGroupArn"], config)
    config |= exploration_config(recipe, config)
    start_update(service, campaign, change | {"campaignConfig": config}, version.arn)
    return {"campaignArn": campaign.arn}


def _require_updatable(service: Service, campaign: Resource) -> None:
    latest = campaign.updates.get("latestCampaignUpdate")
    statuses = [service.status(campaign)] + ([latest.timeline.status_at(service.now())] if latest else [])
    if any(status not in (ACTIVE, CREATE_FAILED) for status in statuses):
        raise ResourceInUseError(f"The campaign {campaign.arn} is being created, updated or deleted.")


def _find_version(service: Service, version_arn: str, config: Mapping[str, Any]) -> Resource:
    follows = bool(config.get("syncWithLatestSolutionVersion"))
    if version_arn.endswith(LATEST) != follows:
        raise InvalidInputError(
            "syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /$LATEST, and it alone."
        )
    if not follows:
        return service.require_active(service.store.get(version_arn, SOLUTION_VERSION))
    solution = service.store.get(version_arn.removesuffix(LATEST), SOLUTION)
    if newest := newest_active_version(service, solution.arn):
        return newest
    raise InvalidInputError(f"The solution {solution.arn} has no ACTIVE version.")


def check_exploration(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Check the itemExplorationConfig of a campaign or recommender.

    Raises:
        InvalidInputError: The recipe does not explore, or a value is not valid.
    """
    check_ranking_influence(recipe, config)
    exploration = config.get("itemExplorationConfig")
    if exploration is None:
        return
    if not recipe.explores:
        raise InvalidInputError(f"The recipe {recipe.name} takes no itemExplorationConfig.")
    for name, value in exploration.items():
        if name not in _EXPLORATION_DEFAULTS:
            raise InvalidInputError(f"itemExplorationConfig has no {name}; it has {', '.join(_EXPLORATION_DEFAULTS)}.")
        number = finite_number(name, value)
        if number < 0 or (name == "explorationWeight" and number > 1):
            raise InvalidInputError(f"{name} is out of range: {value}.")


def check_ranking_influence(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Check that a campaign or batch job has no rankingInfluence, unless its recipe is Semantic-Similarity.

    Raises:
        InvalidInputError: It has one.
    """
    if config.get("rankingInfluence") and not recipe.semantic:
        raise InvalidInputError(f"The recipe {recipe.name} takes no rankingInfluence.")


def check_influence_data(service: Service, group_arn: str, config: Mapping[str, Any]) -> None:
    """Check that there are the data that a rankingInfluence is computed from.

    Raises:
        InvalidInputError: POPULARITY needs an Interactions dataset, FRESHNESS the column CREATION_TIMESTAMP of Items.
    """
    influence = config.get("rankingInfluence") or {}
    if influence.get("POPULARITY") and not service.dataset(group_arn, "Interactions"):
        raise InvalidInputError("The rankingInfluence POPULARITY needs an Interactions dataset.")
    items = service.schema_of(group_arn, "Items")
    if influence.get("FRESHNESS") and not (items and items.field("CREATION_TIMESTAMP")):
        raise InvalidInputError("The rankingInfluence FRESHNESS needs the column CREATION_TIMESTAMP of Items.")


def exploration_config(recipe: Recipe, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exploration settings of a recipe that explores, with the defaults."""
    if not recipe.explores:
        return {}
    return {"itemExplorationConfig": _EXPLORATION_DEFAULTS | config.get("itemExplorationConfig", {})}
