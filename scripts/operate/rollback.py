"""Let a model's campaign serve the previous solution version again, and wait until it does.

The ledger says which version that is: the one that served before. If the campaign serves a version that the ledger does
not have (a run broke off in the middle of an update), it is the ledger's own. Running this twice returns to the start;
`--version` goes to any other version (see `make models`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import kept_settings, served_version, serves, update_failure
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import Poll
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_table, running
from scripts.operate.deployed_models import DeployedModel, find_model, find_running_execution
from scripts.operate.deployment import Deployment, argument_parser, connect

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import CampaignTypeDef, UpdateCampaignResponseTypeDef


def roll_back(model: DeployedModel, version_arn: str | None, poll: Poll) -> tuple[str, str]:
    """Make the campaign serve `version_arn`, or the previous version; return the versions before and after (ARNs).

    Raises:
        TaskError: Something is in the way. The campaign then serves what it served before.
    """
    campaign = _wait_until_settled(model, poll)
    before = served_version(campaign)
    wanted = version_arn or _find_previous(model, before)
    if before == wanted:
        raise TaskError(f"{model.name} serves {wanted} already")
    if (status := model.describe_version(wanted)["status"]) != ACTIVE:
        raise TaskError(f"{wanted} is {status}: only an ACTIVE version can serve")
    poll.retry_while_in_use(f"updating {model.name}", lambda: _update(model, campaign, wanted))
    after = _wait_until_settled(model, poll)
    if not serves(after, wanted):
        reason = update_failure(after, wanted) or f"it serves {served_version(after)}"
        raise TaskError(f"the campaign of {model.name} was not updated: {reason}")
    _record(model, wanted, before)
    return before, wanted


def _find_previous(model: DeployedModel, served: str) -> str:
    entry = model.read_ledger()
    if entry and entry["solutionVersionArn"] != served:
        return entry["solutionVersionArn"]
    if not entry or not entry["previous"]:
        raise TaskError(f"the ledger of {model.name} has no previous version; name one with --version ARN")
    return entry["previous"]


def _wait_until_settled(model: DeployedModel, poll: Poll) -> CampaignTypeDef:
    """Wait until neither the campaign nor an update of it is under way; return the campaign."""
    label = f"campaign of {model.name}"
    campaign = poll.wait_until_updated(label, model.describe_campaign, "latestCampaignUpdate")
    if campaign is None:
        raise TaskError(f"{label} was deleted")
    return campaign


def _update(model: DeployedModel, campaign: CampaignTypeDef, version_arn: str) -> UpdateCampaignResponseTypeDef:
    return model.personalize.update_campaign(
        campaignArn=model.campaign_arn, solutionVersionArn=version_arn, **kept_settings(campaign)
    )


def _record(model: DeployedModel, version_arn: str, before: str) -> None:
    """Write the rollback into the model's ledger."""
    outcome: ledger.Outcome = {
        "outcome": "rolled back",
        "solutionVersionArn": version_arn,
        "metrics": dict(model.get_metrics(version_arn)),
        "trainingHours": model.describe_version(version_arn).get("trainingHours"),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": None,
        "reason": f"put back by hand, instead of {before}",
    }
    entry = ledger.record(model.read_ledger(), outcome, version_arn, before)
    if entry is not None:
        model.write_ledger(entry)


def roll_back_and_print(deployment: Deployment, name: str, version_arn: str | None, force: bool) -> None:
    """Roll a model back and print both versions; refuse while a retraining run is under way, unless `force`.

    Raises:
        TaskError: There is no such model, or something is in the way.
    """
    model = find_model(deployment, name)
    execution = find_running_execution(deployment)
    if execution and not force:
        raise TaskError(f"{execution} is under way and may promote a version; wait for it, or add --force")
    with running(f"Rolling {model.name} of {deployment.environment} back") as progress:
        before, now = roll_back(model, version_arn, Poll(say=progress.update))
    print_table("", ("", "solution version"), [("served until now", before), ("serves now", now)])
    console.print("The next retraining run may promote a new version again.", style="dim")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("rollback", __doc__)
    parser.add_argument("--model", required=True, help="for example recommender")
    parser.add_argument("--version", metavar="ARN", help="the solution version (default: the ledger's previous one)")
    parser.add_argument("--force", action="store_true", help="even while a retraining run is under way")
    given = parser.parse_args(arguments)
    return run_task(lambda: roll_back_and_print(connect(given.environment), given.model, given.version, given.force))


if __name__ == "__main__":
    sys.exit(main())
