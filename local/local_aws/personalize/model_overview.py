"""Which models there are, how good they are, and which are served; and what users did with actions."""

from collections import Counter
from typing import Any

from local_aws.personalize.action_model import EVENT_TYPES, event_type
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import CAMPAIGN, DATASET_GROUP, RECOMMENDER, SOLUTION, SOLUTION_VERSION
from local_aws.personalize.service import Service

_VERSION_MEMBERS = ("name", "trainingMode", "trainingType", "trainingHours", "metrics")
_STATE_MEMBERS = ("status", "creationDateTime", "lastUpdatedDateTime", "failureReason")


def describe_models(service: Service) -> list[dict[str, Any]]:
    """Return each solution of a region with `versions`, oldest first, and the `campaigns` that serve one of them.

    A campaign may serve the versions of another solution of its group; it is listed with the one that it serves.
    """
    with service.lock:
        versions = service.store.all(SOLUTION_VERSION)
        campaigns = service.store.all(CAMPAIGN)
        return [
            {
                "arn": solution.arn,
                "name": solution["name"],
                "recipe": solution["recipeArn"].rpartition("/")[2],
                "automaticTraining": bool(solution.get("performAutoTraining")),
                "versions": [_version(service, one) for one in versions if one["solutionArn"] == solution.arn],
                "campaigns": [_campaign(service, one) for one in campaigns if _serves(one, solution)],
            }
            for solution in service.store.all(SOLUTION)
        ]


def _serves(campaign: Resource, solution: Resource) -> bool:
    return str(campaign["solutionVersionArn"]).startswith(f"{solution.arn}/")


def _version(service: Service, version: Resource) -> dict[str, Any]:
    described = version.describe(service.now())
    return {"arn": version.arn} | {name: described.get(name) for name in (*_VERSION_MEMBERS, *_STATE_MEMBERS)}


def _campaign(service: Service, campaign: Resource) -> dict[str, Any]:
    described = campaign.describe(service.now())
    update = described.get("latestCampaignUpdate") or {}
    members = ("name", "solutionVersionArn", "minProvisionedTPS", *_STATE_MEMBERS)
    return {
        "arn": campaign.arn,
        **{name: described.get(name) for name in members},
        "update": {name: update.get(name) for name in ("solutionVersionArn", *_STATE_MEMBERS)} if update else None,
    }


def describe_recommenders(service: Service) -> list[dict[str, Any]]:
    """Return each recommender of a region with its use case, its metrics and its status."""
    with service.lock:
        return [
            {"arn": one.arn, "name": one["name"], "recipe": one["recipeArn"].rpartition("/")[2]}
            | {name: one.describe(service.now()).get(name) for name in ("modelMetrics", *_STATE_MEMBERS)}
            for one in service.store.all(RECOMMENDER)
        ]


def describe_actions(service: Service) -> list[dict[str, Any]]:
    """Return each action of a region with its group, its value, and how often it was taken, refused and viewed."""
    return [one for group in service.store.all(DATASET_GROUP) for one in _actions(service, group)]


def _actions(service: Service, group: Resource) -> list[dict[str, Any]]:
    data = service.data(group.arn)
    columns = data.action_interactions.columns()
    counts = Counter(zip(columns.items, map(_kind, columns.types), strict=True))
    return [
        {"group": group["name"], "action": action, "value": record.get("VALUE")}
        | {kind: counts[action, kind] for kind in EVENT_TYPES}
        for action, record in sorted(data.actions.snapshot().items())
    ]


def _kind(text: str | None) -> str | None:
    return event_type(text or "")
