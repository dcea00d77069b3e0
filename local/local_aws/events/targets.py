"""The invocation of targets of rules, schedules and alarms: with retries and a dead-letter queue."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery, UndeliverableError
from local_aws.iam.actors import Actor
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission

_log = logging.getLogger(__name__)

_WORKERS = 8
_RETRY_SECONDS = 0.5
# AWS retries for a day, up to 185 times; on one machine a target that fails this often will not recover.
_MAXIMUM_RETRIES = 5


@dataclass(frozen=True)
class TargetInvocation:
    """One invocation of a target.

    Attributes:
        source_arn: ARN of the rule, schedule or alarm.
        arn: ARN of the target.
        body: the input of the target.
        actor: who invokes: the role in the configuration, or the service, which the target's policy must allow.
        dead_letter_actor: who sends to the dead-letter queue.
        retries: MaximumRetryAttempts of the retry policy.
        dead_letter: ARN of the dead-letter queue.
        options: more parameters of the target's API call, such as MessageGroupId.
        permissions: what the actor needs in addition.
    """

    source_arn: str
    arn: str
    body: str
    actor: Actor
    dead_letter_actor: Actor
    retries: int = 185
    dead_letter: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    permissions: tuple[Permission, ...] = ()


class TargetInvoker:
    """Invokes targets with a few threads, so that no caller waits."""

    def __init__(self, delivery: Delivery, authorizer: Authorizer) -> None:
        self._delivery = delivery
        self._authorizer = authorizer
        self._closing = threading.Event()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="targets")

    def invoke(self, target: TargetInvocation) -> None:
        """Queue an invocation."""
        self._workers.submit(self._invoke, target)

    def close(self) -> None:
        """Discard what is still queued."""
        self._closing.set()
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _invoke(self, target: TargetInvocation) -> None:
        for attempt in range(min(target.retries, _MAXIMUM_RETRIES) + 1):
            try:
                self._authorizer.require_with_keys(target.actor, target.source_arn.split(":")[3], *target.permissions)
                self._delivery.send(target.arn, target.body, actor=target.actor, options=target.options)
                return
            except (ClientError, BotoCoreError, UndeliverableError, NotImplementedError) as error:
                failure: Exception = error
            if isinstance(failure, UndeliverableError) or self._closing.wait(_RETRY_SECONDS * 2**attempt):
                break
        if ":rule/" in target.source_arn:
            _count_failure(target.source_arn)
        _log.error("%s could not invoke %s", target.source_arn, target.arn, exc_info=failure)
        if target.dead_letter:
            self._send_to_dead_letter_queue(target, failure)

    def _send_to_dead_letter_queue(self, target: TargetInvocation, failure: Exception) -> None:
        code = failure.response["Error"]["Code"] if isinstance(failure, ClientError) else type(failure).__name__
        kind = "SCHEDULE_ARN" if ":schedule/" in target.source_arn else "RULE_ARN"
        attributes = {
            kind: target.source_arn,
            "TARGET_ARN": target.arn,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": str(failure)[:1024],
        }
        try:
            self._delivery.send(
                target.dead_letter or "", target.body, actor=target.dead_letter_actor, attributes=attributes
            )
        except (ClientError, BotoCoreError):
            _log.exception("%s: dead-letter queue %s", target.source_arn, target.dead_letter)


def _count_failure(rule_arn: str) -> None:
    """Count an invocation that failed for good.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    region, account, rule = rule_arn.split(":", 5)[3:]
    metric = {"MetricName": "FailedInvocations", "Value": 1.0, "Unit": "Count"}
    dimensions = [{"Name": "RuleName", "Value": rule.rsplit("/", 1)[-1]}]
    put_metrics(account, region, "AWS/Events", [{**metric, "Dimensions": dimensions}])
