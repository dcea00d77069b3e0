"""Create a campaign or update its settings (`create`), or delete it and wait until it is gone (`delete`).

The retraining state machine changes daily which solution version a campaign serves. So `create` chooses a version only
for a new campaign, or for one that serves another solution because the recipe was changed. Of any other campaign it
updates throughput and exploration, and leaves alone what is served.

Environment of `create`: CAMPAIGN_NAME, SOLUTION_ARN, LEDGER_PARAMETER (name of the SSM parameter with the model's
ledger), MINIMUM_PROVISIONED_TPS, and optional: EXPLORATION_WEIGHT (0 to 1), EXPLORATION_ITEM_AGE_CUT_OFF (days).
Environment of `delete`: CAMPAIGN_ARN.
"""

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

import boto3
from botocore.exceptions import ClientError

from animal_recommender.retraining import ledger
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import RETRYING, Poll, code, failure, find, find_newest_active_version, message
from scripts.common.task import TaskError
from scripts.provision import first_ledger_entry, inputs
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import CampaignConfigTypeDef, CampaignTypeDef, UpdateCampaignRequestTypeDef


class Settings(TypedDict):
    """The parameters of CreateCampaign and UpdateCampaign that Terraform's variables decide."""

    minProvisionedTPS: int
    campaignConfig: "CampaignConfigTypeDef"


@dataclass(frozen=True)
class Wanted:
    """What a campaign should be. `minimum_tps` is in transactions per second, the cut-off in days.

    Without a weight the campaign gets no exploration settings: not every recipe explores. `verified_version` is that of
    the ledger, if it has an entry: a campaign that is created again serves it, if it is one of the solution.
    """

    name: str
    solution_arn: str
    minimum_tps: int
    exploration_weight: float | None = None
    exploration_item_age_cut_off: float | None = None
    verified_version: str | None = None

    @property
    def arn(self) -> str:
        """The campaign's ARN, in the account and the region of the solution."""
        return f"{self.solution_arn.partition(':solution/')[0]}:campaign/{self.name}"

    def settings(self) -> Settings:
        """Return the campaign's settings.

        A campaign never follows the latest version by itself: that would deploy versions which nobody evaluated.
        """
        config: CampaignConfigTypeDef = {"syncWithLatestSolutionVersion": False}
        exploration = {
            "explorationWeight": self.exploration_weight,
            "explorationItemAgeCutOff": self.exploration_item_age_cut_off,
        }
        given = {key: f"{value:g}" for key, value in exploration.items() if value is not None}
        if given:
            config["itemExplorationConfig"] = given
        return {"minProvisionedTPS": self.minimum_tps, "campaignConfig": config}


def create(personalize: "PersonalizeClient", wanted: Wanted, poll: Poll) -> "CampaignTypeDef":
    """Create the campaign or update its settings; return it once it is ACTIVE.

    Raises:
        TaskError: The creation or the update failed. The message has the service's failureReason.
    """
    campaign = _wait_until_settled(personalize, wanted.arn, poll)
    if campaign is not None and campaign["status"] != ACTIVE:
        poll.report(f"deleting what is left of an earlier attempt: {failure('campaign', campaign)}")
        delete(personalize, wanted.arn, poll)
        campaign = None
    if campaign is None:
        return _create(personalize, wanted, poll)
    if solution_of(campaign) != wanted.solution_arn:
        return _move(personalize, wanted, poll)
    if _differs(campaign, wanted.settings()):
        return _update(personalize, wanted, poll)
    poll.report(f"campaign {wanted.name} serves {campaign['solutionVersionArn']}")
    return campaign


def delete(personalize: "PersonalizeClient", campaign_arn: str, poll: Poll) -> None:
    """Delete the campaign and wait until it is gone. Do nothing if there is none."""
    label = _label(campaign_arn)
    if _wait_until_settled(personalize, campaign_arn, poll) is not None:
        poll.retry_while_refused(
            f"deleting {label}", lambda: find(lambda: personalize.delete_campaign(campaignArn=campaign_arn))
        )
    poll.wait_until(label, lambda: _describe(personalize, campaign_arn), lambda campaign: campaign is None)


def solution_of(campaign: "CampaignTypeDef") -> str:
    """Return the ARN of the solution whose version the campaign serves."""
    return ledger.solution_of(campaign["solutionVersionArn"])


def _create(personalize: "PersonalizeClient", wanted: Wanted, poll: Poll) -> "CampaignTypeDef":
    version = _find_version_to_serve(personalize, wanted)
    poll.retry_while_refused(
        f"creating campaign {wanted.name}",
        lambda: personalize.create_campaign(name=wanted.name, solutionVersionArn=version, **wanted.settings()),
    )
    campaign = _wait_until_settled(personalize, wanted.arn, poll)
    if campaign is None:
        raise TaskError(f"{wanted.arn} was deleted while it was created")
    if campaign["status"] != ACTIVE:
        raise failure(wanted.arn, campaign)
    return campaign


def _find_version_to_serve(personalize: "PersonalizeClient", wanted: Wanted) -> str:
    """Return the verified version; if the solution has none, its newest one."""
    if wanted.verified_version and ledger.solution_of(wanted.verified_version) == wanted.solution_arn:
        return wanted.verified_version
    version = find_newest_active_version(personalize, wanted.solution_arn)
    if version is None:
        raise TaskError(f"{wanted.solution_arn} has no ACTIVE version to serve: make apply trains one")
    return version


def _move(personalize: "PersonalizeClient", wanted: Wanted, poll: Poll) -> "CampaignTypeDef":
    """Move the campaign to another solution; the old one serves until the update is done.

    If the service refuses the update, delete the campaign and create it again.
    """
    version = _find_version_to_serve(personalize, wanted)
    try:
        return _update(personalize, wanted, poll, version)
    except ClientError as refusal:
        if code(refusal) != "InvalidInputException":
            raise
        poll.report(f"campaign {wanted.name} cannot move to {version}, so it is created again: {message(refusal)}")
    delete(personalize, wanted.arn, poll)
    return _create(personalize, wanted, poll)


def _update(
    personalize: "PersonalizeClient", wanted: Wanted, poll: Poll, version: str | None = None
) -> "CampaignTypeDef":
    """Update the campaign's settings, and what it serves if a version is given; return the campaign afterwards.

    A change of settings names no version: that could undo a promotion that happens at the same time.

    Raises:
        TaskError: The update failed, or somebody else changed the campaign at the same time.
    """
    settings = wanted.settings()
    request: UpdateCampaignRequestTypeDef = {
        "campaignArn": wanted.arn,
        "minProvisionedTPS": settings["minProvisionedTPS"],
        "campaignConfig": settings["campaignConfig"],
    }
    if version:
        request["solutionVersionArn"] = version
    poll.retry_while_refused(f"updating campaign {wanted.name}", lambda: personalize.update_campaign(**request))
    campaign = _wait_until_settled(personalize, wanted.arn, poll)
    if campaign is None:
        raise TaskError(f"{wanted.arn} was deleted while it was updated")
    update = campaign.get("latestCampaignUpdate", {})
    if update.get("status") != ACTIVE:
        raise failure(f"the update of {wanted.arn}", {"status": "missing", **update})
    if solution_of(campaign) != wanted.solution_arn or _differs(campaign, wanted.settings()):
        raise TaskError(f"{wanted.arn} was updated, but somebody else changed it too: apply again")
    return campaign


def _wait_until_settled(personalize: "PersonalizeClient", campaign_arn: str, poll: Poll) -> "CampaignTypeDef | None":
    """Return the campaign once neither it nor its update will change by itself, or None if there is none."""
    return poll.wait_until_updated(
        _label(campaign_arn), lambda: _describe(personalize, campaign_arn), "latestCampaignUpdate"
    )


def _describe(personalize: "PersonalizeClient", campaign_arn: str) -> "CampaignTypeDef | None":
    return find(lambda: personalize.describe_campaign(campaignArn=campaign_arn)["campaign"])


def _label(campaign_arn: str) -> str:
    return f"campaign {campaign_arn.rpartition('/')[2]}"


def _differs(campaign: "CampaignTypeDef", settings: Settings) -> bool:
    """Return whether an update is due. Exploration settings count only if some are wanted; `0.30` equals `0.3`."""
    now, wanted = campaign.get("campaignConfig", {}), settings["campaignConfig"]
    exploration = now.get("itemExplorationConfig", {})
    return (
        campaign["minProvisionedTPS"] != settings["minProvisionedTPS"]
        or now.get("syncWithLatestSolutionVersion", False)
        or any(
            float(exploration.get(key, "nan")) != float(value)
            for key, value in wanted.get("itemExplorationConfig", {}).items()
        )
    )


@dataclass(frozen=True, kw_only=True)
class CreateInputs(inputs.PollInputs):
    """The environment of `create`."""

    campaign_name: str
    solution_arn: str
    ledger_parameter: str
    minimum_provisioned_tps: int
    exploration_weight: float | None = field(default=None, metadata={"parse": inputs.parse_number})
    exploration_item_age_cut_off: float | None = field(default=None, metadata={"parse": inputs.parse_number})


@dataclass(frozen=True, kw_only=True)
class DeleteInputs(inputs.PollInputs):
    """The environment of `delete`."""

    campaign_arn: str


def _run_create() -> None:
    given = inputs.read(CreateInputs)
    personalize = boto3.client("personalize", config=RETRYING)
    ssm = boto3.client("ssm", config=RETRYING)
    known = ledger.read(ssm, given.ledger_parameter)
    wanted = Wanted(
        given.campaign_name,
        given.solution_arn,
        given.minimum_provisioned_tps,
        given.exploration_weight,
        given.exploration_item_age_cut_off,
        known["solutionVersionArn"] if known else None,
    )
    campaign = create(personalize, wanted, given.poll())
    first_ledger_entry.write_if_missing(ssm, personalize, given.ledger_parameter, campaign)


def _run_delete() -> None:
    given = inputs.read(DeleteInputs)
    delete(boto3.client("personalize", config=RETRYING), given.campaign_arn, given.poll())


if __name__ == "__main__":
    sys.exit(run_action("campaign", __doc__, {"create": _run_create, "delete": _run_delete}))
