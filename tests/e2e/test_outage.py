"""When Personalize does not answer: what the app gets, and the mails of the alarms."""

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
def outage(system: Any) -> Iterator[None]:
    """Every campaign throttles every request."""
    system.faults({"operations": {operation: {"throttleRate": 1} for operation in RUNTIME}})
    yield
    system.faults({"operations": {operation: {"throttleRate": 0} for operation in RUNTIME}})


@pytest.mark.usefixtures("outage")
def test_given_an_outage_then_the_app_is_answered_and_the_operator_is_told(system, wait_for):
    # Given an outage of the campaigns, when an app asks as always
    for _ in range(CALLS):
        found, error = system.invoke("recommend", {"body": json.dumps(payload("recommend"))})
        ranked, failed = system.invoke("rerank", {"body": json.dumps(payload("rerank"))})
        # with the snapshot of a catalogue that may be empty
        others = [system.invoke(name, payload(name)) for name in ("similar", "trending")]
        # Then it is answered without Personalize, and can tell
        assert [failure for _, failure in others] == [None, None]
        assert not any(one["source"] == "personalize" for answer, _ in others for one in answer)
        assert (error, failed) == (None, None)
        assert (found["statusCode"], ranked["statusCode"]) == (200, 200)
        assert {item["source"] for item in json.loads(found["body"])} == {"popular"}
        assert json.loads(ranked["body"])["source"] == "input"
        items = [item["itemId"] for item in payload("rerank")["itemMetadataList"]]
        assert json.loads(ranked["body"])["ranking"] == items
    # And an alarm of each function tells the operator
    for function in ("recommend", "rerank", "similar", "trending"):
        (mail,) = wait_for(lambda function=function: system.alarm_mails(f"{function}-degraded-answers"))
        told = json.loads(mail["body"])
        assert told["NewStateValue"] == "ALARM"
        assert "without Personalize" in told["AlarmDescription"]
