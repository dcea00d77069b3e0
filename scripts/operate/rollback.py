"""Let a model's campaign serve the previous verified version again, and wait until it does.

The ledger says which version that is. If the campaign serves a version that is not verified, because a run broke off in
an update, it is the ledger's verified version. A rollback that was interrupted is continued by running this again, or
by the next retraining run. Running this twice returns to the start; `--version` names another verified version.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from animal_recommender.retraining import ledger
from animal_recommender.retraining.automatic_updates import describe_standing
from animal_recommender.retraining.campaign_status import kept_settings, served_version, serves, update_failure
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import Poll, find
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_table, running
from scripts.operate.deployed_models import DeployedModel, find_model
from scripts.operate.deployment import Deployment, argument_parser, connect
from scripts.operate.retraining_runs import find_running_execution, stop_execution

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import CampaignTypeDef, UpdateCampaignResponseTypeDef


def roll_back(model: DeployedModel, version_arn: str | None, by: str, poll: Poll) -> tuple[str, str]:
    """Make the campaign serve `version_arn`, or the previous version; return the versions before and after (ARNs).

    The ledger gets the rollback, begun by `by`, before the campaign is updated.

    Raises:
        TaskError: Something is in the way. The campaign then serves what it served before.
    """
    campaign = _wait_until_settled(model, poll)
    before = served_version(campaign)
    entry = model.read_ledger()
    if entry is None:
        raise TaskError(f"the ledger of {model.name} has no entry, so no version is known to be verified")
    wanted = _choose(model, entry, before, version_arn)
    _begin(model, entry, wanted, by)
    if before != wanted:
        _deploy(model, campaign, entry, wanted, poll)
    else:  # an interrupted rollback has updated the campaign already
        before = entry["solutionVersionArn"]
    _record(model, wanted, before)
    return before, wanted


def _choose(model: DeployedModel, entry: ledger.Ledger, served: str, version_arn: str | None) -> str:
    """Return the version to serve: a verified one that can serve."""
    if version_arn is not None:
        return _check_version(model, entry, served, version_arn)
    wanted = ledger.version_to_serve(entry)
    if served != wanted or ledger.has_begun(entry, "rollback", wanted):
        return wanted
    for version in model.list_verified_versions():
        if version != served and _can_serve(model, version):
            return version
    raise TaskError(f"{model.name} has no previous version: {served} is the only verified one")


def _check_version(model: DeployedModel, entry: ledger.Ledger, served: str, version_arn: str) -> str:
    verified = model.list_verified_versions()
    if version_arn not in verified:
        raise TaskError(f"{version_arn} is not verified, so it must not serve; verified are: {', '.join(verified)}")
    if version_arn == served and "change" not in entry:
        raise TaskError(f"{model.name} serves {version_arn} already")
    if not _can_serve(model, version_arn):
        raise TaskError(f"{version_arn} was deleted or is not ACTIVE, so it cannot serve")
    return version_arn


def _can_serve(model: DeployedModel, version_arn: str) -> bool:
    version = find(lambda: model.describe_version(version_arn))
    return version is not None and version["status"] == ACTIVE


def _begin(model: DeployedModel, entry: ledger.Ledger, version_arn: str, by: str) -> None:
    """Record the rollback, unless an interrupted one has done so."""
    if not ledger.has_begun(entry, "rollback", version_arn):
        change: ledger.Change = {"kind": "rollback", "solutionVersionArn": version_arn, "by": by, "when": _now()}
        model.write_ledger(ledger.begin(entry, change))


def _deploy(
    model: DeployedModel, campaign: CampaignTypeDef, entry: ledger.Ledger, version_arn: str, poll: Poll
) -> None:
    """Update the campaign. If the service refuses it, the ledger gets `entry` back.

    Raises:
        TaskError: The campaign does not serve the version afterwards.
    """
    poll.retry_while_refused(f"updating {model.name}", lambda: _update(model, campaign, version_arn))
    after = _wait_until_settled(model, poll)
    if not serves(after, version_arn):
        if ledger.has_begun(model.read_ledger() or entry, "rollback", version_arn):
            model.write_ledger(entry)
        reason = update_failure(after, version_arn) or f"it serves {served_version(after)}"
        raise TaskError(f"the campaign of {model.name} was not updated: {reason}")


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
    """Record the end of the rollback in the model's ledger.

    Raises:
        TaskError: Somebody else has begun another change since.
    """
    outcome: ledger.Outcome = {
        "outcome": "rolled back",
        "solutionVersionArn": version_arn,
        "metrics": dict(model.get_metrics(version_arn)),
        "trainingHours": model.describe_version(version_arn).get("trainingHours"),
        "when": _now(),
        "run": None,
        "reason": f"put back by hand, instead of {before}",
    }
    entry = model.read_ledger()
    if entry is None or ledger.version_to_serve(entry) != version_arn:
        look = f"make models ENV={model.deployment.environment}"
        raise TaskError(f"somebody else changed the ledger of {model.name} at the same time: see {look}")
    model.write_ledger(ledger.finish(entry, version_arn, outcome))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _make_way(deployment: Deployment, cause: str, force: bool, poll: Poll) -> None:
    """Stop the retraining run that is under way, or refuse: it might promote a version over the rollback."""
    execution = find_running_execution(deployment)
    if execution is None:
        return
    if not force:
        raise TaskError(
            f"{execution} is under way and may promote a version: wait for it, or stop it with ARGS=--force"
        )
    stop_execution(deployment, execution, cause, poll)
    console.print(f"Stopped {execution}", soft_wrap=True)


def roll_back_and_print(deployment: Deployment, name: str, version_arn: str | None, force: bool) -> None:
    """Roll a model back and print both versions; while a retraining run is under way, refuse, or stop it (`force`).

    Raises:
        TaskError: There is no such model, or something is in the way.
    """
    model = find_model(deployment, name)
    by = deployment.aws.client("sts").get_caller_identity()["Arn"]
    with running(f"Rolling {model.name} of {deployment.environment} back") as progress:
        poll = Poll(say=progress.update)
        _make_way(deployment, f"make rollback MODEL={name} ENV={deployment.environment} ARGS=--force", force, poll)
        before, now = roll_back(model, version_arn, by, poll)
    print_table("", ("", "solution version"), [("served until now", before), ("serves now", now)])
    if standing := describe_standing(model.find_standing()):
        console.print(standing, style="yellow")
    console.print("The next retraining run may promote a new version again.", style="dim")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("rollback", __doc__)
    parser.add_argument("--model", required=True, help="for example recommender")
    parser.add_argument("--version", metavar="ARN", help="another verified version (default: the previous one)")
    parser.add_argument("--force", action="store_true", help="stop a retraining run that is under way")
    given = parser.parse_args(arguments)
    return run_task(lambda: roll_back_and_print(connect(given.environment), given.model, given.version, given.force))


if __name__ == "__main__":
    sys.exit(main())
