"""The function report_outcome: ledger, metrics and mail of one model's run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from animal_recommender.observability import Handler, instrument, logger
from animal_recommender.retraining import ledger
from report_outcome.mail import body, subject
from report_outcome.measurements import emit_metrics
from report_outcome.outcome import ModelState, Outcome, read_outcome

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import MessageAttributeValueTypeDef
    from types_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Settings:
    """Environment variables. The ledger of a model is the SSM parameter `<LEDGER_PREFIX>/<model>/ledger`."""

    environment: str
    topic_arn: str
    ledger_prefix: str


def make_handler(
    settings: Settings,
    *,
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
            _record_in_ledger(ssm, f"{settings.ledger_prefix}/{outcome['name']}/ledger", outcome, now())
        emit_metrics(outcome)
        _publish(sns, settings, outcome)
        return outcome

    return handle


def _record_in_ledger(ssm: "SSMClient", parameter: str, outcome: Outcome, now: datetime) -> None:
    entry: ledger.Outcome = {
        "outcome": outcome["outcome"],
        "solutionVersionArn": outcome["solutionVersionArn"],
        "metrics": outcome["metrics"],
        "trainingHours": outcome["trainingHours"],
        "when": now.isoformat(timespec="seconds"),
        "run": outcome["run"],
        "reason": outcome["reason"],
    }
    known = ledger.parse(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
    updated = ledger.record(known, entry, outcome["servedSolutionVersionArn"], outcome["previousSolutionVersionArn"])
    if updated is not None:
        ssm.put_parameter(Name=parameter, Value=ledger.dump(updated), Overwrite=True)


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
