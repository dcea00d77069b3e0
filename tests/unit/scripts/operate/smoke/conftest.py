"""A deployment whose AWS answers what a test says."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.common.findings import Finding
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.forget_user.conftest import deployed

__all__ = ["deployed"]  # a fixture
PREFIX = "test-animal-recommender"
TOPIC = f"arn:aws:sns:us-east-1:123456789012:{PREFIX}-notifications"
MACHINE = f"arn:aws:states:us-east-1:123456789012:stateMachine:{PREFIX}-retraining"
STREAM_ARN = f"arn:aws:kinesis:us-east-1:123456789012:stream/{PREFIX}-events"
NAMES = {
    "stream-name": f"{PREFIX}-events",
    "topic": TOPIC,
    "state-machine": MACHINE,
    "firehose-name": f"{PREFIX}-raw-events",
    "raw-bucket": "raw",
    "event-types": '["DetailView"]',
    "functions/put_events": f"{PREFIX}-put-events:live",
    "functions/record_history": f"{PREFIX}-record-history:live",
    "functions/get_history": f"{PREFIX}-get-history:live",
    "functions/recommend": f"{PREFIX}-recommend:live",
    "functions/update_campaign": f"{PREFIX}-update-campaign:live",
}


class FakeAws:
    """Clients by service. An operation returns its answer, or what it returns if it is a function."""

    def __init__(self, clients: dict[str, dict[str, Any]]) -> None:
        self._clients = {service: _client(operations) for service, operations in clients.items()}

    def client(self, service: str) -> Any:
        return self._clients[service]


def _client(operations: dict[str, Any]) -> Any:
    def operation(answer: Any) -> Callable[..., Any]:
        return answer if callable(answer) else lambda **_: answer

    def paginator(name: str) -> Any:
        return SimpleNamespace(paginate=lambda **request: [operation(operations[name])(**request)])

    return SimpleNamespace(get_paginator=paginator, **{name: operation(answer) for name, answer in operations.items()})


def deployment(names: dict[str, str] | None = None, **clients: dict[str, Any]) -> Deployment:
    """The environment `test`; `clients` are by service: operation and answer. `_` stands for the hyphen of a name."""
    aws: Any = FakeAws({service.replace("_", "-").rstrip("-"): operations for service, operations in clients.items()})
    made = Deployment("test", aws)
    made.names = NAMES | (names or {})  # type: ignore[misc]
    return made


def answering(document: Any, log: str = "", error: str | None = None) -> Callable[..., dict[str, Any]]:
    """An Invoke that returns this document."""

    def invoke(**_: Any) -> dict[str, Any]:
        answer = {"Payload": io.BytesIO(json.dumps(document).encode()), "LogResult": log}
        return answer | ({"FunctionError": error} if error else {})

    return invoke


def only(findings: Any) -> Finding:
    """The one finding of a check."""
    (found,) = findings
    assert isinstance(found, Finding)
    return found


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
