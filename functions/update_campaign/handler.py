"""Lambda handler of update_campaign."""

from typing import Any, Literal, TypedDict

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining.campaign_status import change_under_way, kept_settings, serves, updated_version


class UpdateInput(TypedDict):
    """Which campaign, and the version that it shall serve."""

    campaignArn: str
    solutionVersionArn: str


class Update(TypedDict):
    """What came of it.

    `requested`: the update is under way. `unchanged`: the campaign serves the version already. `busy`: something else
    is under way on it, and nothing was asked for.
    """

    state: Literal["requested", "unchanged", "busy"]


@observed
def handler(event: UpdateInput, context: Any) -> Update:
    """Ask the campaign to serve a version. Safe to repeat: an update that is under way is not asked for again."""
    update = request(client("personalize"), event["campaignArn"], event["solutionVersionArn"])
    logger.info("campaign update", extra={"campaign": event["campaignArn"], **update})
    return update


def request(personalize: Any, campaign_arn: str, version_arn: str) -> Update:
    """As the handler; capacity and configuration stay as the campaign has them now."""
    campaign = personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
    if serves(campaign, version_arn):
        return {"state": "unchanged"}
    if change_under_way(campaign) is not None:
        return {"state": "requested" if updated_version(campaign) == version_arn else "busy"}
    try:
        personalize.update_campaign(campaignArn=campaign_arn, solutionVersionArn=version_arn, **kept_settings(campaign))
    except personalize.exceptions.ResourceInUseException:
        return {"state": "busy"}
    return {"state": "requested"}
