"""Lambda handler of describe_campaign."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import observed
from animal_recommender.retraining.campaign_status import (
    Campaign,
    age_seconds,
    change_under_way,
    served_version,
    serves,
    update_failure,
)
from animal_recommender.retraining.resource_status import ACTIVE

State = Literal["serving", "pending", "expired", "free", "failed"]


class DescribeInput(TypedDict):
    """Which campaign, the version that it was asked to serve, and how many seconds an update may take."""

    campaignArn: str
    solutionVersionArn: str
    timeoutSeconds: int


class Deployment(TypedDict):
    """How a deployment stands.

    `serving`: the campaign is at rest and serves the version. `pending`: an update is under way, `expired`: for too
    long. `failed`: the update to this version failed. `free`: at rest, but serving another version: it was busy with
    somebody else's update, and can be asked again.
    """

    state: State
    servedSolutionVersionArn: str
    failureReason: str | None


@observed
def handler(event: DescribeInput, context: Any) -> Deployment:
    """Answer what the campaign serves, compared with what was asked for."""
    campaign = client("personalize").describe_campaign(campaignArn=event["campaignArn"])["campaign"]
    return assess(campaign, event["solutionVersionArn"], event["timeoutSeconds"], datetime.now(UTC))


def assess(campaign: Campaign, version_arn: str, timeout_seconds: int, now: datetime) -> Deployment:
    """Judge the answer of DescribeCampaign."""
    state, reason = _state(campaign, version_arn, timeout_seconds, now)
    return {"state": state, "servedSolutionVersionArn": served_version(campaign), "failureReason": reason}


def _state(campaign: Campaign, version_arn: str, timeout_seconds: int, now: datetime) -> tuple[State, str | None]:
    change = change_under_way(campaign)
    if change is not None:
        late = age_seconds(change, now) > timeout_seconds
        return (
            ("expired", f"the update of the campaign took longer than {timedelta(seconds=timeout_seconds)} (h:mm:ss)")
            if late
            else ("pending", None)
        )
    if serves(campaign, version_arn):
        return "serving", None
    if (failure := update_failure(campaign, version_arn)) is not None:
        return "failed", failure
    if campaign["status"] == ACTIVE:
        return "free", None
    return "failed", campaign.get("failureReason") or f"the campaign is {campaign['status']}"
