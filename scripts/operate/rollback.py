"""Puts the previous solution version of a model back, and waits until its campaign serves it.

The previous version is the one that the ledger says served before; or, if the campaign serves what the ledger does not
have (a run broke off in the middle of an update), the ledger's own. Running it twice returns to where it began;
`--version` goes to any other version (see `make models`).
"""

import argparse
import sys
from datetime import UTC, datetime

from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import kept_settings, served_version, serves, update_failure
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.deployment import Deployment, parser, run
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.common.terminal import console, running, table
from scripts.operate.deployed_models import DeployedModel, Resource, deployed_model, running_execution


def roll_back(model: DeployedModel, version_arn: str | None, poll: Poll) -> tuple[str, str]:
    """Returns ARNs of the version that served until now, and of the one that serves now.

    Raises TaskError that says what is in the way; the campaign then serves what it served before.
    """
    campaign = _settled(model, poll)
    before, wanted = served_version(campaign), version_arn or _previous(model, served_version(campaign))
    if before == wanted:
        raise TaskError(f"{model.name} serves {wanted} already")
    if (status := model.version(wanted)["status"]) != ACTIVE:
        raise TaskError(f"{wanted} is {status}: only an ACTIVE version can serve")
    poll.retry_while_in_use(f"updating {model.name}", lambda: _update(model, campaign, wanted))
    after = _settled(model, poll)
    if not serves(after, wanted):
        reason = update_failure(after, wanted) or f"it serves {served_version(after)}"
        raise TaskError(f"the campaign of {model.name} was not updated: {reason}")
    _enter(model, wanted, before)
    return before, wanted


def _previous(model: DeployedModel, served: str) -> str:
    entry = model.read_ledger()
    if entry and entry["solutionVersionArn"] != served:
        return entry["solutionVersionArn"]
    if not entry or not entry["previous"]:
        raise TaskError(f"the ledger of {model.name} knows no previous version; name one with --version ARN")
    return entry["previous"]


def _settled(model: DeployedModel, poll: Poll) -> Resource:
    return poll.wait_until_updated(f"campaign of {model.name}", model.campaign, "latestCampaignUpdate") or {}


def _update(model: DeployedModel, campaign: Resource, version_arn: str) -> Resource:
    return model.personalize.update_campaign(
        campaignArn=model.campaign_arn, solutionVersionArn=version_arn, **kept_settings(campaign)
    )


def _enter(model: DeployedModel, version_arn: str, before: str) -> None:
    outcome: ledger.Outcome = {
        "outcome": "rolled back",
        "solutionVersionArn": version_arn,
        "metrics": dict(model.metrics(version_arn)),
        "trainingHours": model.version(version_arn).get("trainingHours"),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": None,
        "reason": f"put back by hand, instead of {before}",
    }
    entry = ledger.record(model.read_ledger(), outcome, version_arn, before)
    if entry is not None:
        model.write_ledger(entry)


def _arguments() -> argparse.Namespace:
    made = parser("rollback", __doc__)
    made.add_argument("--model", required=True, help="for example recommender")
    made.add_argument("--version", metavar="ARN", help="solution version to go to (default: the ledger's previous one)")
    made.add_argument("--force", action="store_true", help="even while a retraining run is under way")
    return made.parse_args()


def main() -> int:
    """The command; an exit code."""
    arguments = _arguments()

    def task(deployment: Deployment) -> None:
        model = deployed_model(deployment, arguments.model)
        under_way = running_execution(deployment)
        if under_way and not arguments.force:
            raise TaskError(f"{under_way} is under way and may promote a version; wait for it, or add --force")
        with running(f"Rolling {model.name} of {deployment.environment} back") as progress:
            before, now = roll_back(model, arguments.version, Poll(say=progress.update))
        table("", ("", "solution version"), [("served until now", before), ("serves now", now)])
        console.print("The next retraining run may promote a new version again.", style="dim")

    return run(arguments.environment, task)


if __name__ == "__main__":
    sys.exit(main())
