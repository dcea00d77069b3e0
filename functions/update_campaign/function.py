"""The function update_campaign: asks a campaign to serve a new version."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining import ledger
from animal_recommender.retraining.campaign_status import change_in_progress, kept_settings, requested_version, serves
from animal_recommender.retraining.run_state import Model, Run

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_ssm import SSMClient

State = Literal["requested", "unchanged", "busy"]


@dataclass(frozen=True)
class Settings:
    """Environment variables. The ledger of a model is the SSM parameter `<LEDGER_PREFIX>/<model>/ledger`."""

    ledger_prefix: str


class UpdateInput(TypedDict):
    """The model, the run, and the version that the model's campaign shall serve."""

    model: Model
    run: Run
    solutionVersionArn: str


class Update(TypedDict):
    """The result of the request.

    `requested`: the update is in progress. `unchanged`: the campaign already serves the version. `busy`: another change
    of the campaign is in progress, so nothing was requested.
    """

    state: State


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeClient",
    ssm: "SSMClient",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Handler[UpdateInput, Update]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: UpdateInput, context: "LambdaContext") -> Update:
        """Record the promotion in the ledger, then ask the campaign to serve the version.

        Capacity and configuration stay. Idempotent: an update that is in progress is not requested again.

        Raises:
            LedgerError: Somebody else has begun a change, so nothing was requested.
        """
        model, version = event["model"], event["solutionVersionArn"]
        begin = lambda: _begin(ssm, f"{settings.ledger_prefix}/{model['name']}/ledger", event, now())  # noqa: E731
        state = _request_update(personalize, model["campaignArn"], version, begin)
        logger.info("campaign update", extra={"campaign": model["campaignArn"], "state": state})
        return {"state": state}

    return handle


def _begin(ssm: "SSMClient", parameter: str, event: UpdateInput, now: datetime) -> None:
    """Record the promotion, unless an earlier call has done so."""
    entry, version, run = ledger.read(ssm, parameter), event["solutionVersionArn"], event["run"]["name"]
    if entry is None:
        raise ledger.LedgerError(f"the ledger {parameter} has no entry")
    if ledger.has_begun(entry, "promotion", version, run):
        return
    if (other := entry.get("change")) is not None:
        raise ledger.LedgerError(f"a {other['kind']} by {other['by']}, begun at {other['when']}, has not ended")
    when = now.isoformat(timespec="seconds")
    change: ledger.Change = {"kind": "promotion", "solutionVersionArn": version, "by": run, "when": when}
    ledger.write(ssm, parameter, ledger.begin(entry, change))


def _request_update(
    personalize: "PersonalizeClient", campaign_arn: str, version_arn: str, begin: Callable[[], None]
) -> State:
    campaign = personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
    if serves(campaign, version_arn):
        return "unchanged"
    if change_in_progress(campaign) is not None:
        return "requested" if requested_version(campaign) == version_arn else "busy"
    begin()
    try:
        personalize.update_campaign(campaignArn=campaign_arn, solutionVersionArn=version_arn, **kept_settings(campaign))
    except personalize.exceptions.ResourceInUseException:
        return "busy"
    return "requested"
