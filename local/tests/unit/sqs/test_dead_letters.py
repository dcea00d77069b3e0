"""Which queues are dead-letter queues, and why a message is in one."""

import json
from typing import Any

import pytest
from moto.sqs.models import Message

from local_aws.sqs.dead_letters import _reason


def message(body: Any, **attributes: str) -> Message:
    made = Message("1", body if isinstance(body, str) else json.dumps(body))
    made.message_attributes = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
    return made


@pytest.mark.parametrize(
    ("letter", "reason"),
    [
        (message({"reason": "InvalidEvent"}), "InvalidEvent"),
        (message({"requestContext": {"condition": "RetryAttemptsExhausted"}}), "RetryAttemptsExhausted"),
        (message("{}", ERROR_CODE="NO_PERMISSIONS"), "NO_PERMISSIONS"),
        (message("{}", ErrorMessage="division by zero"), "division by zero"),
        (message("{}"), "not given"),
        (message({"requestContext": "x"}), "not given"),
        (message("no JSON"), "not given"),
        (message("[" * 20_000), "not given"),
        (message({"reason": "x" * 1000}), "x" * 200),
    ],
)
def test_given_a_dead_letter_then_its_reason_is_found(letter: Message, reason: str) -> None:
    assert _reason(letter) == reason
