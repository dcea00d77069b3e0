"""When Personalize does not answer: what the app gets, and whom the alarms tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.test_functions import payload

# More than `alarms.degraded_answers` allows in five minutes.
CALLS = 12
RUNTIME = ("GetRecommendations", "GetPersonalizedRanking")


@pytest.fixture
def operator(system: Any) -> Iterator[None]:
    """Somebody has subscribed to the notifications."""
    sns = system.client("sns")
    subscribed = sns.subscribe(
        TopicArn=system.outputs["topic_arn"],
        Protocol="email",
        Endpoint="operator@example.org",
        ReturnSubscriptionArn=True,
    )
    yield
    sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])


@pytest.fixture
def outage(system: Any) -> Iterator[None]:
    """Every campaign refuses every request."""
    system.faults({"operations": {operation: {"throttleRate": 1} for operation in RUNTIME}})
    yield
    system.faults({"operations": {operation: {"throttleRate": 0} for operation in RUNTIME}})


def alarm_mails(system: Any, function: str) -> list[dict]:
    alarm = f"{system.outputs['function_names'][function]}-degraded-answers"
    return [mail for mail in system.mails() if mail["subject"].startswith(f'ALARM: "{alarm}"')]


@pytest.mark.usefixtures("operator", "outage")
def test_given_an_outage_then_the_app_is_answered_and_the_operator_is_told(system, wait_for):
    # Given an outage of the campaigns, when an app asks as always
    for _ in range(CALLS):
        found, error = system.invoke("recommend", {"body": json.dumps(payload("recommend"))})
        ranked, failed = system.invoke("rerank", {"body": json.dumps(payload("rerank"))})
        # Then it is answered without Personalize, and can tell
        assert (error, failed) == (None, None)
        assert (found["statusCode"], ranked["statusCode"]) == (200, 200)
        assert {item["source"] for item in json.loads(found["body"])} == {"popular"}
        assert json.loads(ranked["body"])["source"] == "input"
        items = [item["itemId"] for item in payload("rerank")["itemMetadataList"]]
        assert json.loads(ranked["body"])["ranking"] == items
    # And an alarm of each function tells the operator
    for function in ("recommend", "rerank"):
        (mail,) = wait_for(lambda function=function: alarm_mails(system, function))
        told = json.loads(mail["body"])
        assert told["NewStateValue"] == "ALARM"
        assert "without Personalize" in told["AlarmDescription"]
