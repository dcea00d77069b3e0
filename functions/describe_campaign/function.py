"""The function describe_campaign: the state of a deployment."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument
from animal_recommender.retraining.campaign_status import (
    change_in_progress,
    served_version,
    serves,
    too_slow,
    update_failure,
)
from animal_recommender.retraining.resource_status import ACTIVE

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import CampaignTypeDef

State = Literal["serving", "pending", "expired", "free", "failed"]


class DescribeInput(TypedDict):
    """The campaign, the version that it was asked to serve, and how many seconds an update may take."""

    campaignArn: str
    solutionVersionArn: str
    timeoutSeconds: int


class Deployment(TypedDict):
    """The state of a deployment.

    `serving`: the campaign serves the version, and nothing is in progress. `pending`: an update is in progress.
    `expired`: an update has been in progress for too long. `failed`: the update to this version failed. `free`: nothing
    is in progress, but the campaign serves another version; it was busy with another update, and can be asked again.
    """

    state: State
    servedSolutionVersionArn: str
    failureReason: str | None


def make_handler(
    *, personalize: "PersonalizeClient", now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Handler[DescribeInput, Deployment]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: DescribeInput, context: "LambdaContext") -> Deployment:
        """Return what the campaign serves, compared with what it was asked to serve."""
        campaign = personalize.describe_campaign(campaignArn=event["campaignArn"])["campaign"]
        state, reason = _state(campaign, event["solutionVersionArn"], event["timeoutSeconds"], now())
        return {"state": state, "servedSolutionVersionArn": served_version(campaign), "failureReason": reason}

    return handle


def _state(
    campaign: "CampaignTypeDef", version_arn: str, timeout_seconds: int, now: datetime
) -> tuple[State, str | None]:
    if (change := change_in_progress(campaign)) is not None:
        slow = too_slow(change, timeout_seconds, now)
        return ("expired", slow) if slow else ("pending", None)
    if serves(campaign, version_arn):
        return "serving", None
    if (failure := update_failure(campaign, version_arn)) is not None:
        return "failed", failure
    if campaign["status"] == ACTIVE:
        return "free", None
    return "failed", campaign.get("failureReason") or f"the campaign is {campaign['status']}"
