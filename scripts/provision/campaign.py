"""Makes a campaign what Terraform's variables say (`create`), or removes it and waits until it is gone (`delete`).

The retraining state machine changes daily which solution version a campaign serves. So `create` chooses a version only
for a campaign that is new, or that serves another solution (the recipe was changed); of any other it changes throughput
and exploration and leaves the model alone.
"""

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from scripts.common.personalize import (
    ACTIVE,
    Poll,
    Resource,
    TaskError,
    add_poll_arguments,
    client,
    code,
    failure,
    found,
    message,
    newest_active_version,
    poll,
    run,
)
from scripts.provision import first_ledger_entry


@dataclass(frozen=True)
class Wanted:
    """What a campaign should be. `minimum_tps` in transactions per second, the cut-off in days.

    No weight: the recipe explores nothing, and the campaign gets no exploration settings.
    """

    name: str
    solution_arn: str
    minimum_tps: int
    exploration_weight: float | None = None
    exploration_item_age_cut_off: float | None = None

    @property
    def arn(self) -> str:
        """The campaign's ARN: of the solution's account and region."""
        return f"{self.solution_arn.partition(':solution/')[0]}:campaign/{self.name}"

    def settings(self) -> Resource:
        """`minProvisionedTPS` and `campaignConfig`. Never in step with the latest version: that would pass the gate."""
        config: Resource = {"syncWithLatestSolutionVersion": False}
        exploration = {
            "explorationWeight": self.exploration_weight,
            "explorationItemAgeCutOff": self.exploration_item_age_cut_off,
        }
        given = {key: f"{value:g}" for key, value in exploration.items() if value is not None}
        if given:
            config["itemExplorationConfig"] = given
        return {"minProvisionedTPS": self.minimum_tps, "campaignConfig": config}


def create(personalize: Any, wanted: Wanted, poll: Poll) -> Resource:
    """Returns the ACTIVE campaign, made or adjusted. Raises TaskError with the failureReason of what failed."""
    campaign = _settled(personalize, wanted.arn, poll)
    if campaign is not None and campaign["status"] != ACTIVE:
        poll.report(f"removing what is left of an earlier attempt: {failure('campaign', campaign)}")
        delete(personalize, wanted.arn, poll)
        campaign = None
    if campaign is None:
        return _make(personalize, wanted, poll)
    if solution_of(campaign) != wanted.solution_arn:
        return _move(personalize, wanted, poll)
    if _differs(campaign, wanted.settings()):
        return _adjust(personalize, wanted, poll)
    poll.report(f"campaign {wanted.name} serves {campaign['solutionVersionArn']}")
    return campaign


def delete(personalize: Any, campaign_arn: str, poll: Poll) -> None:
    """Deletes the campaign and waits until it is gone; good too if there is none."""
    label = _label(campaign_arn)
    if _settled(personalize, campaign_arn, poll) is not None:

        def ask() -> Resource:
            return found(lambda: personalize.delete_campaign(campaignArn=campaign_arn)) or {}

        poll.accepted(f"deleting {label}", ask)
    poll.until(label, lambda: _describe(personalize, campaign_arn), lambda campaign: campaign is None)


def solution_of(campaign: Resource) -> str:
    """The ARN of the solution whose version a campaign serves."""
    return campaign["solutionVersionArn"].rpartition("/")[0]


def _make(personalize: Any, wanted: Wanted, poll: Poll) -> Resource:
    request = {"name": wanted.name, "solutionVersionArn": _first_version(personalize, wanted), **wanted.settings()}
    poll.accepted(f"creating campaign {wanted.name}", lambda: personalize.create_campaign(**request))
    campaign = _settled(personalize, wanted.arn, poll)
    if campaign is None:
        raise TaskError(f"{wanted.arn} was deleted while it was made")
    if campaign["status"] != ACTIVE:
        raise failure(wanted.arn, campaign)
    return campaign


def _first_version(personalize: Any, wanted: Wanted) -> str:
    version = newest_active_version(personalize, wanted.solution_arn)
    if version is None:
        raise TaskError(f"{wanted.solution_arn} has no ACTIVE version to serve: run solution_version.py create first")
    return version


def _move(personalize: Any, wanted: Wanted, poll: Poll) -> Resource:
    """From one solution to the next: the old one serves until the update is done. Made anew if that is refused."""
    version = _first_version(personalize, wanted)
    try:
        return _updated(personalize, wanted, poll, {"solutionVersionArn": version, **wanted.settings()})
    except ClientError as refusal:
        if code(refusal) != "InvalidInputException":
            raise
        poll.report(f"campaign {wanted.name} cannot go on with {version}, so it is made anew: {message(refusal)}")
    delete(personalize, wanted.arn, poll)
    return _make(personalize, wanted, poll)


def _adjust(personalize: Any, wanted: Wanted, poll: Poll) -> Resource:
    """Changes the settings only. Naming a version here could undo a promotion that happens at the same time."""
    return _updated(personalize, wanted, poll, wanted.settings())


def _updated(personalize: Any, wanted: Wanted, poll: Poll, change: Resource) -> Resource:
    """The campaign after the change. Raises TaskError if it failed, or if someone changed it too."""
    request = {"campaignArn": wanted.arn, **change}
    poll.accepted(f"updating campaign {wanted.name}", lambda: personalize.update_campaign(**request))
    campaign = _settled(personalize, wanted.arn, poll) or {}
    update = campaign.get("latestCampaignUpdate", {})
    if update.get("status") != ACTIVE:
        raise failure(f"the update of {wanted.arn}", {"status": "missing", **update})
    if solution_of(campaign) != wanted.solution_arn or _differs(campaign, wanted.settings()):
        raise TaskError(f"{wanted.arn} was updated, but is not what was asked for: someone changed it too")
    return campaign


def _settled(personalize: Any, campaign_arn: str, poll: Poll) -> Resource | None:
    """The campaign once neither it nor an update of it is under way; None if there is none."""
    label = _label(campaign_arn)
    return poll.settled_with_update(label, lambda: _describe(personalize, campaign_arn), "latestCampaignUpdate")


def _describe(personalize: Any, campaign_arn: str) -> Resource | None:
    return found(lambda: personalize.describe_campaign(campaignArn=campaign_arn)["campaign"])


def _label(campaign_arn: str) -> str:
    return f"campaign {campaign_arn.rpartition('/')[2]}"


def _differs(campaign: Resource, settings: Resource) -> bool:
    """Whether an update is due. Exploration settings count only if some are wanted; `0.30` is `0.3`."""
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


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    creating = actions.add_parser("create", help="create or adjust, and wait until ACTIVE")
    creating.add_argument("--name", required=True)
    creating.add_argument("--solution-arn", required=True)
    creating.add_argument("--minimum-provisioned-tps", type=int, required=True, help="billed whether used or not")
    creating.add_argument("--exploration-weight", type=float, help="0 to 1: how much new items are tried out")
    creating.add_argument("--exploration-item-age-cut-off", type=float, help="days that an item counts as new")
    creating.add_argument("--ledger-parameter", help="SSM parameter that keeps which model serves; written if empty")
    deleting = actions.add_parser("delete", help="delete, and wait until gone")
    deleting.add_argument("--campaign-arn", required=True)
    for action in (creating, deleting):
        add_poll_arguments(action)
    arguments = parser.parse_args()
    return run(lambda: _act(arguments))


def _act(arguments: argparse.Namespace) -> None:
    if arguments.action == "delete":
        delete(client(), arguments.campaign_arn, poll(arguments))
        return
    wanted = Wanted(
        arguments.name,
        arguments.solution_arn,
        arguments.minimum_provisioned_tps,
        arguments.exploration_weight,
        arguments.exploration_item_age_cut_off,
    )
    personalize = client()
    campaign = create(personalize, wanted, poll(arguments))
    if arguments.ledger_parameter:
        first_ledger_entry.begin(client("ssm"), personalize, arguments.ledger_parameter, campaign)


if __name__ == "__main__":
    sys.exit(main())
