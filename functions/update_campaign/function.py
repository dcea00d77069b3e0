"""The function update_campaign: asks a campaign to serve a version."""

from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining.campaign_status import change_in_progress, kept_settings, requested_version, serves

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient

State = Literal["requested", "unchanged", "busy"]


class UpdateInput(TypedDict):
    """The campaign, and the version that it shall serve."""

    campaignArn: str
    solutionVersionArn: str


class Update(TypedDict):
    """The result of the request.

    `requested`: the update is in progress. `unchanged`: the campaign already serves the version. `busy`: another change
    of the campaign is in progress, so nothing was requested.
    """

    state: State


def make_handler(*, personalize: "PersonalizeClient") -> Handler[UpdateInput, Update]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: UpdateInput, context: "LambdaContext") -> Update:
        """Ask the campaign to serve a version, with unchanged capacity and configuration.

        Idempotent: an update that is in progress is not requested again.
        """
        state = _request_update(personalize, event["campaignArn"], event["solutionVersionArn"])
        logger.info("campaign update", extra={"campaign": event["campaignArn"], "state": state})
        return {"state": state}

    return handle


def _request_update(personalize: "PersonalizeClient", campaign_arn: str, version_arn: str) -> State:
    campaign = personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
    if serves(campaign, version_arn):
        return "unchanged"
    if change_in_progress(campaign) is not None:
        return "requested" if requested_version(campaign) == version_arn else "busy"
    try:
        personalize.update_campaign(campaignArn=campaign_arn, solutionVersionArn=version_arn, **kept_settings(campaign))
    except personalize.exceptions.ResourceInUseException:
        return "busy"
    return "requested"
