"""Asynchronous invocations (type Event): queued, retried, then sent to a destination or a dead-letter queue.

Formats: Lambda developer guide, "Retaining records of asynchronous invocations".
"""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.awslambda.models import LambdaFunction

from local_aws.awslambda.execution_role import lambda_actor
from local_aws.awslambda.model import Invocation, NotInvokedError, Outcome, error_payload
from local_aws.awslambda.moto_adapter import read_function
from local_aws.awslambda.runtime import LambdaRuntime
from local_aws.delivery import Delivery

_DEFAULT_RETRIES = 2
_DEFAULT_AGE_SECONDS = 6 * 3600
_THROTTLE_WAIT_SECONDS = 0.5
_WORKERS = 16


@dataclass(frozen=True)
class _Policy:
    """A function's event invoke configuration; destinations are ARNs."""

    retries: int
    age_seconds: float
    on_success: str | None
    on_failure: str | None
    dead_letter: str | None


class AsynchronousInvoker:
    """Runs queued invocations with a few threads; the queue is lost when the server stops."""

    def __init__(self, runtime: LambdaRuntime, delivery: Delivery) -> None:
        self._runtime = runtime
        self._delivery = delivery
        self._closing = threading.Event()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="lambda-async")

    def submit(self, configured: LambdaFunction, invocation: Invocation) -> None:
        """Queue an invocation."""
        self._workers.submit(self._run, configured, invocation)

    def close(self) -> None:
        """Discard what is still queued."""
        self._closing.set()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _run(self, configured: LambdaFunction, invocation: Invocation) -> None:
        policy = _policy(configured)
        deadline = time.monotonic() + policy.age_seconds
        outcome, attempts = self._invoke_with_retries(configured, invocation, policy, deadline)
        if self._closing.is_set():
            return
        reason = "Success" if not outcome.error else "RetriesExhausted"
        if outcome.error and time.monotonic() > deadline:
            reason = "EventAgeExceeded"
        destination = policy.on_failure if outcome.error else policy.on_success
        actor = lambda_actor(read_function(configured))
        if destination:
            record = _record(invocation, outcome, attempts, reason)
            self._delivery.send(destination, json.dumps(record), actor=actor)
        if outcome.error and policy.dead_letter:
            attributes = _dead_letter_attributes(invocation, outcome)
            self._delivery.send(policy.dead_letter, invocation.payload.decode(), actor=actor, attributes=attributes)

    def _invoke_with_retries(
        self, configured: LambdaFunction, invocation: Invocation, policy: _Policy, deadline: float
    ) -> tuple[Outcome, int]:
        waits = self._runtime.settings.retry_seconds
        attempts = 0
        while True:
            try:
                outcome = self._runtime.invoke(read_function(configured), invocation)
                attempts += 1
                wait = waits[min(attempts, len(waits)) - 1]
            except NotInvokedError:
                # Lambda keeps an event in its queue if the function could not run; it counts no retry.
                payload = error_payload("TooManyRequestsException", "Rate Exceeded.")
                outcome = Outcome(payload, str(configured.version), "Unhandled", "TooManyRequestsException")
                wait = _THROTTLE_WAIT_SECONDS
            finished = not outcome.error or attempts > policy.retries or time.monotonic() + wait > deadline
            if finished or self._closing.wait(wait):
                return outcome, attempts


def _policy(configured: LambdaFunction) -> _Policy:
    given: dict[str, Any] = configured.event_invoke_config[-1].response() if configured.event_invoke_config else {}
    destinations = given.get("DestinationConfig") or {}
    settings = getattr(configured, "kept_settings", {})
    retries = given.get("MaximumRetryAttempts")
    return _Policy(
        retries=_DEFAULT_RETRIES if retries is None else int(retries),
        age_seconds=float(given.get("MaximumEventAgeInSeconds") or _DEFAULT_AGE_SECONDS),
        on_success=(destinations.get("OnSuccess") or {}).get("Destination"),
        on_failure=(destinations.get("OnFailure") or {}).get("Destination"),
        dead_letter=(settings.get("DeadLetterConfig") or {}).get("TargetArn"),
    )


def _record(invocation: Invocation, outcome: Outcome, attempts: int, reason: str) -> dict[str, Any]:
    context = {"statusCode": 200, "executedVersion": outcome.version}
    if outcome.error:
        context["functionError"] = outcome.error
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": invocation.request_id,
            "functionArn": invocation.invoked_arn,
            "condition": reason,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": json.loads(invocation.payload),
        "responseContext": context,
        "responsePayload": json.loads(outcome.payload or b"null"),
    }


def _dead_letter_attributes(invocation: Invocation, outcome: Outcome) -> dict[str, str]:
    message = json.loads(outcome.payload).get("errorMessage") or ""
    return {"RequestID": invocation.request_id, "ErrorCode": "200", "ErrorMessage": message[:1024] or "-"}
