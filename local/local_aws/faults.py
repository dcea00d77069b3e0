"""Fault injection in Personalize: throttling, errors, latency; trainings and campaign updates that fail or are held.

`/_local/faults`: GET returns the faults, PUT replaces them, POST adds some, DELETE resets all. The document:

    {"operations": {"PutEvents": {"throttleRate": 0.2, "errorRate": 0.1, "latencySeconds": 0.5}, "*": {...}},
     "failNextTraining": {"<solution name, or *>": "reason"},
     "failNextCampaignUpdate": {"<campaign name, or *>": "reason"},
     "holdCampaignUpdates": {"<campaign name, or *>": true},
     "holdTrainings": {"<solution name, or *>": true}}

A rate is a share of the calls, 0..1. A failure is used up by the first training or update that it applies to. A held
training or update that has begun does not end until its hold is set to false, or everything is reset.
"""

import json
import random
import threading
import time
from typing import Any

from werkzeug import Request, Response

from local_aws.http.responses import json_response

_RULES = {"throttleRate": 1, "errorRate": 1, "latencySeconds": 900}  # the maximum of each
_FAILURES = ("failNextTraining", "failNextCampaignUpdate")
_HOLDS = ("holdCampaignUpdates", "holdTrainings")


class InjectedError(Exception):
    """An injected error: its code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Faults:
    """The current faults; thread safe. After a reset the same calls in the same order get the same faults."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._operations: dict[str, dict[str, float]] = {}
            self._failures: dict[str, dict[str, str]] = {name: {} for name in _FAILURES}
            self._holds: dict[str, dict[str, bool]] = {name: {} for name in _HOLDS}
            self._random = random.Random(0)

    def add(self, document: dict[str, Any]) -> None:
        """Add the faults of a document.

        Raises:
            ValueError: the document is not valid; the message gives the reason.
        """
        _check(document)
        with self._lock:
            self._operations.update(document.get("operations", {}))
            for name in _FAILURES:
                self._failures[name].update(document.get(name, {}))
            for name in _HOLDS:
                self._holds[name].update(document.get(name, {}))

    def document(self) -> dict[str, Any]:
        """Return the current faults as a document."""
        with self._lock:
            parts: dict[str, dict[str, Any]] = {"operations": {**self._operations}, **self._failures, **self._holds}
            return {name: dict(part) for name, part in parts.items()}

    def inject(self, operation: str) -> None:
        """Delay a call of an operation, or let it fail, as its rule says.

        Raises:
            InjectedError: the call fails.
        """
        if not self._operations:
            return
        rule = self._operations.get(operation) or self._operations.get("*") or {}
        time.sleep(rule.get("latencySeconds", 0.0))
        with self._lock:
            draw = self._random.random()
        if draw < (throttled := rule.get("throttleRate", 0.0)):
            raise InjectedError("ThrottlingException", "Rate exceeded", 400)
        if draw < throttled + rule.get("errorRate", 0.0):
            raise InjectedError("InternalFailure", "A fault was requested at /_local/faults.", 500)

    def take_failure(self, name: str, resource_name: str) -> str | None:
        """Return the reason why a training or update has to fail, and remove it; None when it has not to fail.

        Args:
            name: failNextTraining or failNextCampaignUpdate.
            resource_name: of the solution or campaign.
        """
        with self._lock:
            failures = self._failures[name]
            return failures.pop(resource_name, None) or failures.pop("*", None)

    def holds(self, name: str, resource_name: str) -> bool:
        """Whether a campaign update or a training that has begun must not end yet.

        Args:
            name: holdCampaignUpdates or holdTrainings.
            resource_name: of the campaign or solution.
        """
        with self._lock:
            holds = self._holds[name]
            return holds.get(resource_name, holds.get("*", False))

    def handle(self, request: Request) -> Response:
        """Answer a request to `/_local/faults`."""
        try:
            if request.method in ("PUT", "POST"):
                document = json.loads(request.get_data() or b"{}")
                _check(document)
                if request.method == "PUT":
                    self.reset()
                self.add(document)
            elif request.method == "DELETE":
                self.reset()
        except RecursionError:
            return json_response({"message": "the document is nested too deeply"}, 400)
        except ValueError as error:
            return json_response({"message": str(error)}, 400)
        return json_response(self.document())


def _check(document: Any) -> None:
    known = {"operations", *_FAILURES, *_HOLDS}
    if not isinstance(document, dict) or not set(document) <= known:
        raise ValueError(f"expected a JSON object with {', '.join(sorted(known))}")
    if not all(isinstance(part, dict) for part in document.values()):
        raise ValueError("each part must be an object")
    for operation, rule in document.get("operations", {}).items():
        _check_rule(operation, rule)
    for name in _HOLDS:
        for resource, held in document.get(name, {}).items():
            if not isinstance(held, bool):
                raise ValueError(f"{name}.{resource}: expected true or false")


def _check_rule(operation: str, rule: Any) -> None:
    if not isinstance(rule, dict) or not set(rule) <= set(_RULES):
        raise ValueError(f"operations.{operation}: expected an object with {', '.join(_RULES)}")
    for name, value in rule.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _RULES[name]:
            raise ValueError(f"operations.{operation}.{name}: expected a number of 0 to {_RULES[name]}")
