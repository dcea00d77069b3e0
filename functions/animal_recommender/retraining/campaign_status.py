"""What a campaign of Amazon Personalize serves now, read from the answer of DescribeCampaign.

`latestCampaignUpdate` is absent until the first UpdateCampaign and has a status of its own; the campaign stays
ACTIVE and serves its old version until the update is ACTIVE too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from animal_recommender.retraining.resource_status import ACTIVE, CREATE_FAILED, CREATING

Campaign = Mapping[str, Any]


def served_version(campaign: Campaign) -> str:
    """Answer the ARN of the solution version that the campaign serves."""
    return campaign["solutionVersionArn"]


def change_under_way(campaign: Campaign) -> Campaign | None:
    """Answer the creation or update that has not ended yet (`status`, `creationDateTime` …), or None."""
    update = campaign.get("latestCampaignUpdate")
    if campaign["status"] in CREATING:
        return campaign
    if update is None:
        return None
    activating = update["status"] == ACTIVE and updated_version(campaign) != served_version(campaign)
    return update if update["status"] in CREATING or activating else None


def updated_version(campaign: Campaign) -> str | None:
    """Answer the version that the latest update asked for; None if there never was one."""
    update = campaign.get("latestCampaignUpdate")
    return None if update is None else update.get("solutionVersionArn", campaign["solutionVersionArn"])


def update_failure(campaign: Campaign, version_arn: str) -> str | None:
    """Answer the reason why the update to this version failed; None if it did not, or none was tried last."""
    update = campaign.get("latestCampaignUpdate")
    if update is None or update["status"] != CREATE_FAILED or updated_version(campaign) != version_arn:
        return None
    return update.get("failureReason", "Personalize gave no reason")


def serves(campaign: Campaign, version_arn: str) -> bool:
    """Tell whether the campaign is at rest and serves this version; not so if the update to it failed."""
    at_rest = campaign["status"] == ACTIVE and change_under_way(campaign) is None
    return at_rest and served_version(campaign) == version_arn and update_failure(campaign, version_arn) is None


def age_seconds(change: Campaign, now: datetime) -> float:
    """Answer how long a change has been under way."""
    return (now - change["creationDateTime"]).total_seconds()


def kept_settings(campaign: Campaign) -> dict[str, Any]:
    """Answer what an update must repeat so that only the version changes: capacity and configuration.

    Following the latest version would pass the gate by, so that is never kept.
    """
    kept: dict[str, Any] = {"minProvisionedTPS": campaign["minProvisionedTPS"]}
    if config := campaign.get("campaignConfig"):
        kept["campaignConfig"] = {**config, "syncWithLatestSolutionVersion": False}
    return kept
