"""Lambda handler of report_outcome."""

import json
import os
from datetime import UTC, datetime
from typing import Any

from animal_recommender.clients import client
from animal_recommender.observability import logger, observed
from animal_recommender.retraining import ledger
from report_outcome.mail import body, subject
from report_outcome.measurements import measure
from report_outcome.outcome import Gathered, Outcome, read_outcome


@observed
def handler(event: Gathered, context: Any) -> Outcome:
    """Enter a model's outcome in its ledger, measure it, and publish it; answer it for the execution's output.

    Repeating it enters the same in the ledger, and may publish a second mail. Settings: ENVIRONMENT, TOPIC_ARN,
    LEDGER_PREFIX (the ledger of a model is the SSM parameter `<LEDGER_PREFIX>/<model>/ledger`).
    """
    outcome = read_outcome(event)
    logger.info("outcome", extra={"model": outcome["name"], "outcome": outcome["outcome"], "reason": outcome["reason"]})
    if outcome["outcome"] != "skipped":
        _enter(client("ssm"), f"{os.environ['LEDGER_PREFIX']}/{outcome['name']}/ledger", outcome)
    measure(outcome)
    _publish(client("sns"), os.environ["TOPIC_ARN"], os.environ["ENVIRONMENT"], outcome)
    return outcome


def _enter(ssm: Any, parameter: str, outcome: Outcome) -> None:
    entry: ledger.Outcome = {
        "outcome": outcome["outcome"],
        "solutionVersionArn": outcome["solutionVersionArn"],
        "metrics": outcome["metrics"],
        "trainingHours": outcome["trainingHours"],
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "run": outcome["run"],
        "reason": outcome["reason"],
    }
    known = ledger.parse(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
    now = ledger.record(known, entry, outcome["servedSolutionVersionArn"], outcome["previousSolutionVersionArn"])
    if now is not None:
        ssm.put_parameter(Name=parameter, Value=ledger.dump(now), Overwrite=True)


def _publish(sns: Any, topic_arn: str, environment: str, outcome: Outcome) -> None:
    """People read the message, machines its attributes: `result` is the whole outcome as JSON."""
    attributes = {
        "environment": environment,
        "model": outcome["name"],
        "outcome": outcome["outcome"],
        "result": json.dumps(outcome),
    }
    sns.publish(
        TopicArn=topic_arn,
        Subject=subject(environment, outcome),
        Message=body(environment, outcome),
        MessageAttributes={name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()},
    )
