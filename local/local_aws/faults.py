"""Faults on demand: throttling, errors and latency for each operation; trainings or campaign updates that fail or hang.

`/_local/faults`: GET shows what is set, PUT replaces it, POST adds to it, DELETE resets all. The document:

    {"operations": {"PutEvents": {"throttleRate": 0.2, "errorRate": 0.1, "latencySeconds": 0.5}, "*": {...}},
     "failNextTraining": {"<solution name, or *>": "reason"},
     "failNextCampaignUpdate": {"<campaign name, or *>": "reason"},
     "holdCampaignUpdates": {"<campaign name, or *>": true},
     "holdTrainings": {"<solution name, or *>": true}}

A rate is a share of the calls, 0..1. A failure to come is used up by the first training or update it meets. What is
held stays in the update, or the training, that has begun until the hold is set to false, or all is reset.
"""

import json
import random
import threading
import time
from typing import Any

from werkzeug import Request, Response

_RULES = {"throttleRate": 1, "errorRate": 1, "latencySeconds": 900}  # the most that each may be
_FAILURES = ("failNextTraining", "failNextCampaignUpdate")
_HOLDS = ("holdCampaignUpdates", "holdTrainings")


class InjectedError(Exception):
    """The answer to give instead of the real one."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Faults:
    """The faults set now. Thread safe; the same calls in the same order meet the same faults after a reset."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """No faults."""
        with self._lock:
            self._operations: dict[str, dict[str, float]] = {}
            self._failures: dict[str, dict[str, str]] = {name: {} for name in _FAILURES}
            self._holds: dict[str, dict[str, bool]] = {name: {} for name in _HOLDS}
            self._random = random.Random(0)

    def add(self, document: dict[str, Any]) -> None:
        """Set what `document` says beside what is set. Raises ValueError that names what is wrong with it."""
        _check(document)
        with self._lock:
            self._operations.update(document.get("operations", {}))
            for name in _FAILURES:
                self._failures[name].update(document.get(name, {}))
            for name in _HOLDS:
                self._holds[name].update(document.get(name, {}))

    def document(self) -> dict[str, Any]:
        """What is set."""
        with self._lock:
            parts = {"operations": self._operations, **self._failures, **self._holds}
            return {name: dict(part) for name, part in parts.items()}

    def strike(self, operation: str) -> None:
        """Delay or fail this call of `operation`, as set. Raises InjectedError."""
        if not self._operations:
            return
        rule = self._operations.get(operation) or self._operations.get("*") or {}
        time.sleep(rule.get("latencySeconds", 0.0))
        with self._lock:
            draw = self._random.random()
        if draw < (throttled := rule.get("throttleRate", 0.0)):
            raise InjectedError("ThrottlingException", "Rate exceeded", 400)
        if draw < throttled + rule.get("errorRate", 0.0):
            raise InjectedError("InternalFailure", "A fault was asked for at /_local/faults.", 500)

    def take_failure(self, name: str, resource_name: str) -> str | None:
        """The reason why this training or update is to fail, used up by this call; None when it is not.

        `name`: failNextTraining or failNextCampaignUpdate.
        """
        with self._lock:
            held = self._failures[name]
            return held.pop(resource_name, None) or held.pop("*", None)

    def holds(self, name: str, resource_name: str) -> bool:
        """Whether an update of this campaign, or a training of this solution, that has begun is not to end yet.

        `name`: holdCampaignUpdates or holdTrainings.
        """
        with self._lock:
            held = self._holds[name]
            return held.get(resource_name, held.get("*", False))

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
        except ValueError as wrong:
            return _json({"message": str(wrong)}, 400)
        return _json(self.document(), 200)


def _check(document: Any) -> None:
    known = {"operations", *_FAILURES, *_HOLDS}
    if not isinstance(document, dict) or not set(document) <= known:
        raise ValueError(f"expected a JSON object with {', '.join(sorted(known))}")
    if not all(isinstance(part, dict) for part in document.values()):
        raise ValueError("each part must be an object")
    for operation, rule in document.get("operations", {}).items():
        if not isinstance(rule, dict) or not set(rule) <= set(_RULES):
            raise ValueError(f"operations.{operation}: expected an object with {', '.join(_RULES)}")
        for name, value in rule.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _RULES[name]:
                raise ValueError(f"operations.{operation}.{name}: expected a number of 0 to {_RULES[name]}")
    for name in _HOLDS:
        for resource, held in document.get(name, {}).items():
            if not isinstance(held, bool):
                raise ValueError(f"{name}.{resource}: expected true or false")


def _json(document: Any, status: int) -> Response:
    return Response(json.dumps(document), status, content_type="application/json")
