"""The function report_outcome: ledger, metrics and mail of one model's run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining import ledger
from animal_recommender.retraining.automatic_updates import Standing, find_standing
from animal_recommender.retraining.campaign_status import served_version
from animal_recommender.retraining.run_state import Model
from report_outcome.mail import body, subject
from report_outcome.measurements import emit_metrics
from report_outcome.outcome import ModelState, Outcome, read_outcome

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import MessageAttributeValueTypeDef
    from types_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Settings:
    """Environment variables. The ledger of a model is the SSM parameter `<LEDGER_PREFIX>/<model>/ledger`.

    PAUSE_AFTER_REJECTIONS is after how many rejections in a row scheduled runs leave a model out; 0 means never.
    """

    environment: str
    topic_arn: str
    ledger_prefix: str
    pause_after_rejections: int


def make_handler(
    settings: Settings,
    *,
    personalize: "PersonalizeClient",
    ssm: "SSMClient",
    sns: "SNSClient",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Handler[ModelState, Outcome]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: ModelState, context: "LambdaContext") -> Outcome:
        """Record a model's outcome and publish it. Return it for the output of the execution.

        A second call records the same in the ledger, and publishes a second mail.
        """
        outcome = read_outcome(event)
        logger.info(
            "outcome",
            extra={"model": outcome["name"], "outcome": outcome["outcome"], "reason": outcome["reason"]},
        )
        if outcome["outcome"] != "skipped":
            outcome["pause"] = _record_in_ledger(ssm, settings, outcome, now())
        outcome["standing"] = _find_standing(personalize, event["model"], now())
        emit_metrics(outcome)
        _publish(sns, settings, outcome)
        return outcome

    return handle


def _record_in_ledger(ssm: "SSMClient", settings: Settings, outcome: Outcome, now: datetime) -> ledger.Pause | None:
    """Record the outcome; return the pause of the model's retraining afterwards."""
    parameter = f"{settings.ledger_prefix}/{outcome['name']}/ledger"
    entry: ledger.Outcome = {
        "outcome": outcome["outcome"],
        "solutionVersionArn": outcome["solutionVersionArn"],
        "metrics": outcome["metrics"],
        "trainingHours": outcome["trainingHours"],
        "when": now.isoformat(timespec="seconds"),
        "run": outcome["run"],
        "reason": outcome["reason"],
    }
    known = ledger.read(ssm, parameter)
    if known is None:
        return None
    updated = _updated(known, entry, outcome["run"], settings.pause_after_rejections)
    ledger.write(ssm, parameter, updated)
    return updated.get("pause")


def _updated(known: ledger.Ledger, entry: ledger.Outcome, run: str, limit: int) -> ledger.Ledger:
    """Return the ledger after the outcome. The same outcome twice gives the same ledger.

    Only a promotion that this run began makes a version the verified one. If the run failed, reconcile_campaign has
    removed the change from the ledger, or has left it because the campaign serves something else.
    """
    version = entry["solutionVersionArn"]
    own = version is not None and ledger.has_begun(known, "promotion", version, run)
    if version is not None and own and entry["outcome"] == "promoted":
        return ledger.finish(known, version, entry)
    if entry["outcome"] != "rejected":
        return ledger.note(known, entry)
    # It has begun if the gate looked again, because the campaign was busy with another update.
    return ledger.reject(ledger.abandon(known) if own else known, entry, run, limit)


def _find_standing(personalize: "PersonalizeClient", model: Model, now: datetime) -> Standing | None:
    """Return the standing of the version that serves, or None if Personalize fails: the mail matters more."""
    try:
        campaign = personalize.describe_campaign(campaignArn=model["campaignArn"])["campaign"]
        return find_standing(personalize, served_version(campaign), model["recipe"], now)
    except (BotoCoreError, ClientError) as error:
        logger.warning("no standing", extra={"model": model["name"], "error": type(error).__name__})
        return None


def _publish(sns: "SNSClient", settings: Settings, outcome: Outcome) -> None:
    """Publish a message for people, with attributes for programs. `result` is the whole outcome as JSON."""
    values = {
        "environment": settings.environment,
        "model": outcome["name"],
        "outcome": outcome["outcome"],
        "result": json.dumps(outcome),
    }
    attributes: dict[str, MessageAttributeValueTypeDef] = {
        name: {"DataType": "String", "StringValue": value} for name, value in values.items()
    }
    sns.publish(
        TopicArn=settings.topic_arn,
        Subject=subject(settings.environment, outcome),
        Message=body(settings.environment, outcome),
        MessageAttributes=attributes,
    )
