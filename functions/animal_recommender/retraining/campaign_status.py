"""What a campaign of Amazon Personalize serves now, from the response of DescribeCampaign.

`latestCampaignUpdate` is absent before the first UpdateCampaign, and has a status of its own. The campaign stays
ACTIVE and serves its old version until the update is ACTIVE too.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from animal_recommender.retraining.resource_status import ACTIVE, CREATE_FAILED, CREATING

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import CampaignConfigTypeDef, CampaignTypeDef, CampaignUpdateSummaryTypeDef


class CampaignSettings(TypedDict, total=False):
    """Parameters of UpdateCampaign besides the version."""

    minProvisionedTPS: int
    campaignConfig: "CampaignConfigTypeDef"


def served_version(campaign: "CampaignTypeDef") -> str:
    """Return the ARN of the solution version that the campaign serves."""
    return campaign["solutionVersionArn"]


def change_in_progress(campaign: "CampaignTypeDef") -> "CampaignTypeDef | CampaignUpdateSummaryTypeDef | None":
    """Return the creation or update that has not ended yet (`status`, `creationDateTime` …), or None."""
    update = campaign.get("latestCampaignUpdate")
    if campaign["status"] in CREATING:
        return campaign
    if update is None:
        return None
    activating = update["status"] == ACTIVE and requested_version(campaign) != served_version(campaign)
    return update if update["status"] in CREATING or activating else None


def requested_version(campaign: "CampaignTypeDef") -> str | None:
    """Return the ARN of the version that the latest update asked for, or None if there was no update."""
    update = campaign.get("latestCampaignUpdate")
    return None if update is None else update.get("solutionVersionArn", campaign["solutionVersionArn"])


def update_failure(campaign: "CampaignTypeDef", version_arn: str) -> str | None:
    """Return why the latest update failed, or None if it did not fail or asked for another version."""
    update = campaign.get("latestCampaignUpdate")
    if update is None or update["status"] != CREATE_FAILED or requested_version(campaign) != version_arn:
        return None
    return update.get("failureReason", "Personalize gave no reason")


def serves(campaign: "CampaignTypeDef", version_arn: str) -> bool:
    """Return whether the campaign serves this version and nothing changes it. False if the update to it failed."""
    settled = campaign["status"] == ACTIVE and change_in_progress(campaign) is None
    return settled and served_version(campaign) == version_arn and update_failure(campaign, version_arn) is None


def too_slow(
    change: "CampaignTypeDef | CampaignUpdateSummaryTypeDef", timeout_seconds: int, now: datetime
) -> str | None:
    """Return that a change in progress takes longer than it may, or None if there is time left."""
    if (now - change["creationDateTime"]).total_seconds() <= timeout_seconds:
        return None
    return f"the update of the campaign took longer than {timedelta(seconds=timeout_seconds)} (h:mm:ss)"


def kept_settings(campaign: "CampaignTypeDef") -> CampaignSettings:
    """Return what an update must repeat so that only the version changes: capacity and configuration.

    `syncWithLatestSolutionVersion` is always switched off: with it, versions would be deployed without the gate.
    """
    kept: CampaignSettings = {"minProvisionedTPS": campaign["minProvisionedTPS"]}
    if config := campaign.get("campaignConfig"):
        kept["campaignConfig"] = {**config, "syncWithLatestSolutionVersion": False}
    return kept
