"""The function reconcile_campaign: a campaign serves what the ledger says, and no change is left half done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import (
    change_in_progress,
    kept_settings,
    requested_version,
    served_version,
    too_slow,
    update_failure,
)
from animal_recommender.retraining.resource_status import ACTIVE
from animal_recommender.retraining.run_state import Model, Run

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import CampaignTypeDef
    from types_boto3_ssm import SSMClient

State = Literal["settled", "pending", "expired", "failed"]


@dataclass(frozen=True)
class Settings:
    """Environment variables. The ledger of a model is the SSM parameter `<LEDGER_PREFIX>/<model>/ledger`."""

    ledger_prefix: str


class ReconcileInput(TypedDict):
    """The model, the run, and how many seconds an update of the campaign may take."""

    model: Model
    run: Run
    timeoutSeconds: int


class Reconciliation(TypedDict):
    """The state of the campaign compared with the ledger.

    `settled`: the campaign serves the version of the ledger, and nothing is in progress. `pending`: an update is in
    progress. `expired`: an update has been in progress for too long. `failed`: the version of the ledger cannot serve.
    """

    state: State
    servedSolutionVersionArn: str
    restored: bool  # whether this run had to update the campaign to the version of the ledger
    failureReason: str | None


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeClient",
    ssm: "SSMClient",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Handler[ReconcileInput, Reconciliation]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: ReconcileInput, context: "LambdaContext") -> Reconciliation:
        """Complete the rollback, or undo the promotion, that was interrupted; call again while `pending`.

        A campaign that somebody updated without the ledger gets the verified version again, too. An empty ledger gets
        the served version as its first entry, as Terraform writes it.
        """
        parameter = f"{settings.ledger_prefix}/{event['model']['name']}/ledger"
        campaign = personalize.describe_campaign(campaignArn=event["model"]["campaignArn"])["campaign"]
        entry, served = ledger.read(ssm, parameter), served_version(campaign)
        wanted = ledger.version_to_serve(entry) if entry else served
        state, reason = _state(campaign, wanted, event, now())
        if state == "settled":
            _settle(ssm, parameter, entry, event, served, now())
        elif state == "different":
            state = _request_update(personalize, campaign, wanted)
        logger.info("reconciled", extra={"model": event["model"]["name"], "state": state, "served": served})
        return {
            "state": state,
            "servedSolutionVersionArn": served,
            "restored": _updated_in(event["run"], campaign, wanted),
            "failureReason": reason,
        }

    return handle


def _state(
    campaign: "CampaignTypeDef", wanted: str, event: ReconcileInput, now: datetime
) -> tuple[State | Literal["different"], str | None]:
    served = served_version(campaign)
    if (change := change_in_progress(campaign)) is not None:
        slow = too_slow(change, event["timeoutSeconds"], now)
        return ("expired", slow) if slow else ("pending", None)
    if campaign["status"] != ACTIVE:
        return "failed", campaign.get("failureReason") or f"the campaign is {campaign['status']}"
    if served == wanted or _has_moved(served, wanted, event["model"]):
        return "settled", None
    failure = update_failure(campaign, wanted)
    if failure is not None and _updated_in(event["run"], campaign, wanted):
        return "failed", f"it serves {served}, which is not verified, and cannot be updated to {wanted}: {failure}"
    return "different", None


def _has_moved(served: str, wanted: str, model: Model) -> bool:
    """Return whether Terraform moved the campaign to the model's new solution, and the ledger is still the old one's.

    Another recipe means another solution, whose ledger starts anew.
    """
    return ledger.solution_of(served) == model["solutionArn"] != ledger.solution_of(wanted)


def _updated_in(run: Run, campaign: "CampaignTypeDef", version_arn: str) -> bool:
    """Return whether the campaign's latest update began in this run and asked for the version."""
    update = campaign.get("latestCampaignUpdate")
    if update is None or requested_version(campaign) != version_arn:
        return False
    return update["creationDateTime"] >= datetime.fromisoformat(run["startedAt"])


def _request_update(personalize: "PersonalizeClient", campaign: "CampaignTypeDef", version_arn: str) -> State:
    """Request the update; if another one has just begun, the next call finds out what it led to."""
    try:
        personalize.update_campaign(
            campaignArn=campaign["campaignArn"], solutionVersionArn=version_arn, **kept_settings(campaign)
        )
    except personalize.exceptions.ResourceInUseException:
        logger.info("the campaign is in use", extra={"campaign": campaign["campaignArn"]})
    return "pending"


def _settle(
    ssm: "SSMClient", parameter: str, entry: ledger.Ledger | None, event: ReconcileInput, served: str, now: datetime
) -> None:
    """Remove the change that has ended from the ledger, or write the first entry."""
    when = now.isoformat(timespec="seconds")
    if entry is None or served != ledger.version_to_serve(entry):
        ledger.write(ssm, parameter, ledger.first_entry(served, {}, when))
    elif ledger.has_begun(entry, "rollback", served):
        ledger.write(ssm, parameter, ledger.finish(entry, served, _completed(entry["change"], event["run"], when)))
    elif "change" in entry:
        ledger.write(ssm, parameter, ledger.abandon(entry))


def _completed(change: ledger.Change, run: Run, when: str) -> ledger.Outcome:
    return {
        "outcome": "rolled back",
        "solutionVersionArn": change["solutionVersionArn"],
        "metrics": {},
        "trainingHours": None,
        "when": when,
        "run": run["name"],
        "reason": f"begun by {change['by']} at {change['when']}, completed by this run",
    }
