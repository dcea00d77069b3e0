"""EventBridge rules: what their targets get, and the targets that moto does not deliver to."""

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule

from local_aws.delivery import Delivery
from local_aws.events.input_transformers import fill_template, value_at
from local_aws.events.targets import TargetCall, Targets
from local_aws.iam.actors import taking
from local_aws.iam.authorization import Guard
from local_aws.moto_patches.patching import wrap_method

# moto keeps archives and calls API destinations by itself; the rest is delivered through this server's endpoint.
_SERVICE = "events.amazonaws.com"
_DELIVERED = ("lambda", "sns", "sqs", "states", "kinesis", "logs")


def connect(delivery: Delivery, guard: Guard) -> Targets:
    """Let moto's rules deliver through `Targets`, to services that moto's own rules refuse or call in line.

    Cause: moto/events/models.py, send_to_targets raises for Lambda, SNS, Step Functions and Kinesis, ignores Input and
    InputPath, and delivers in the thread of whoever put the event.
    """
    targets = Targets(delivery, guard)

    @wrap_method(Rule, "send_to_targets")
    def send_to_targets(original: Any, self: Rule, original_event: Any, transform_input: bool = True) -> None:
        if (
            self.state == "ENABLED"
            and self.event_pattern.get_pattern()
            and self.event_pattern.matches_event(original_event)
        ):
            deliver(self, original_event, targets)
        ours = [target for target in self.targets if _service(target) in _DELIVERED]
        kept, self.targets = self.targets, [target for target in self.targets if target not in ours]
        try:
            original(self, original_event, transform_input)
        finally:
            self.targets = kept

    return targets


def deliver(rule: Rule, event: dict[str, Any], targets: Targets) -> None:
    """Hand an event to those of a rule's targets that are delivered here."""
    shown = _shown(event)
    for target in rule.targets:
        if _service(target) in _DELIVERED:
            targets.call(_call(rule, target, shown))


def scheduled_event(rule: Rule) -> dict[str, Any]:
    """Return the event that a rule with a schedule makes."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": time.time(),
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }


def _service(target: dict[str, Any]) -> str:
    return target["Arn"].split(":")[2]


def _call(rule: Rule, target: dict[str, Any], shown: dict[str, Any]) -> TargetCall:
    retries = (target.get("RetryPolicy") or {}).get("MaximumRetryAttempts")
    options: dict[str, Any] = {}
    if group := (target.get("SqsParameters") or {}).get("MessageGroupId"):
        options["MessageGroupId"] = group
    return TargetCall(
        origin=rule.arn,
        arn=target["Arn"],
        body=target_input(target, shown, rule.arn),
        actor=taking(target.get("RoleArn"), _SERVICE, rule.arn, "events"),
        buries=taking(None, _SERVICE, rule.arn),
        retries=185 if retries is None else int(retries),
        dead_letter=(target.get("DeadLetterConfig") or {}).get("Arn"),
        options=options,
    )


def target_input(target: dict[str, Any], shown: dict[str, Any], rule_arn: str) -> str:
    """Return what a target gets: its constant input, part of the event, a filled template, or the whole event."""
    if "Input" in target:
        return target["Input"]
    if path := target.get("InputPath"):
        return json.dumps(value_at(path, shown))
    if transformer := target.get("InputTransformer"):
        return fill_template(transformer["InputTemplate"], transformer.get("InputPathsMap") or {}, shown, rule_arn)
    return json.dumps(shown)


def _shown(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as targets see it: with its time as text, without moto's own fields."""
    shown = {key: value for key, value in event.items() if key != "ingestion-time"}
    if isinstance(shown["time"], int | float):
        shown["time"] = datetime.fromtimestamp(shown["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return shown
