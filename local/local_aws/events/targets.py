"""Calling what a rule or a schedule points at: retried, then handed to the dead-letter queue."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.delivery import Delivery, UndeliverableError
from local_aws.iam.actors import Actor
from local_aws.iam.authorization import Guard
from local_aws.kms.key_usage import Use
from local_aws.trouble import report

_WORKERS = 8
_RETRY_SECONDS = 0.5
# AWS tries for a day, up to 185 times; on one machine a target that fails this often fails.
_MOST_RETRIES = 5


@dataclass(frozen=True)
class TargetCall:
    """One delivery.

    Attributes:
        origin: ARN of the rule or schedule.
        arn: ARN of the target.
        body: what the target gets.
        actor: who delivers: the role that the configuration names, or the service, which the target's policy allows.
        buries: who sends to the dead-letter queue.
        retries: MaximumRetryAttempts of the retry policy.
        dead_letter: ARN of the queue for what could not be delivered.
        options: further parameters of the target's call, such as MessageGroupId.
        uses: what the actor must be allowed besides.
    """

    origin: str
    arn: str
    body: str
    actor: Actor
    buries: Actor
    retries: int = 185
    dead_letter: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()


class Targets:
    """Makes deliveries with a few threads, so that nobody waits for them."""

    def __init__(self, delivery: Delivery, guard: Guard) -> None:
        self._delivery = delivery
        self._guard = guard
        self._closing = threading.Event()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="targets")

    def call(self, target: TargetCall) -> None:
        """Deliver soon."""
        self._workers.submit(self._deliver, target)

    def close(self) -> None:
        """Give up what is not delivered yet."""
        self._closing.set()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, target: TargetCall) -> None:
        for attempt in range(min(target.retries, _MOST_RETRIES) + 1):
            try:
                self._guard.act(target.actor, target.origin.split(":")[3], *target.uses)
                self._delivery.send(target.arn, target.body, actor=target.actor, options=target.options)
                return
            except (ClientError, BotoCoreError, UndeliverableError, NotImplementedError) as error:
                failure: Exception = error
            if isinstance(failure, UndeliverableError) or self._closing.wait(_RETRY_SECONDS * 2**attempt):
                break
        report(f"{target.origin} could not reach {target.arn}", failure)
        if target.dead_letter:
            self._bury(target, failure)

    def _bury(self, target: TargetCall, failure: Exception) -> None:
        code = failure.response["Error"]["Code"] if isinstance(failure, ClientError) else type(failure).__name__
        kind = "SCHEDULE_ARN" if ":schedule/" in target.origin else "RULE_ARN"
        attributes = {
            kind: target.origin,
            "TARGET_ARN": target.arn,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": str(failure)[:1024],
        }
        try:
            self._delivery.send(target.dead_letter or "", target.body, actor=target.buries, attributes=attributes)
        except (ClientError, BotoCoreError) as error:
            report(f"{target.origin}: dead-letter queue {target.dead_letter}", error)
