"""EventBridge rules: the input of their targets, and the targets that are invoked from here instead of by moto."""

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.events.models import Rule

from local_aws.events.input_transformers import fill_template, value_at
from local_aws.events.targets import TargetInvocation, TargetInvoker
from local_aws.iam.actors import assumed_role, service_principal
from local_aws.moto_patches.patching import wrap_method

_SERVICE = "events.amazonaws.com"
# moto stores archives and calls API destinations; these services are called through this server's endpoint.
_INVOKED_HERE = ("lambda", "sns", "sqs", "states", "kinesis", "logs")


def invoke_targets_through(invoker: TargetInvoker) -> None:
    """Make moto's rules invoke their targets through an invoker.

    Cause: moto/events/models.py, send_to_targets raises for Lambda, SNS, Step Functions and Kinesis, ignores Input and
    InputPath, and invokes the targets in the thread of PutEvents.
    """

    @wrap_method(Rule, "send_to_targets")
    def send_to_targets(original: Any, self: Rule, original_event: Any, transform_input: bool = True) -> None:
        if (
            self.state == "ENABLED"
            and self.event_pattern.get_pattern()
            and self.event_pattern.matches_event(original_event)
        ):
            invoke_targets(self, original_event, invoker)
        ours = [target for target in self.targets if _service(target) in _INVOKED_HERE]
        kept, self.targets = self.targets, [target for target in self.targets if target not in ours]
        try:
            original(self, original_event, transform_input)
        finally:
            self.targets = kept


def invoke_targets(rule: Rule, event: dict[str, Any], invoker: TargetInvoker) -> None:
    """Invoke those targets of a rule that are invoked from here."""
    event = _public_event(event)
    for target in rule.targets:
        if _service(target) in _INVOKED_HERE:
            invoker.invoke(_invocation(rule, target, event))


def scheduled_event(rule: Rule) -> dict[str, Any]:
    """Return the event of a rule with a schedule."""
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
    return str(target["Arn"]).split(":")[2]


def _invocation(rule: Rule, target: dict[str, Any], event: dict[str, Any]) -> TargetInvocation:
    retries = (target.get("RetryPolicy") or {}).get("MaximumRetryAttempts")
    options: dict[str, Any] = {}
    if group := (target.get("SqsParameters") or {}).get("MessageGroupId"):
        options["MessageGroupId"] = group
    return TargetInvocation(
        source_arn=rule.arn,
        arn=target["Arn"],
        body=target_input(target, event, rule.arn),
        actor=assumed_role(target.get("RoleArn"), _SERVICE, rule.arn, "events"),
        dead_letter_actor=service_principal(_SERVICE, rule.arn),
        retries=185 if retries is None else int(retries),
        dead_letter=(target.get("DeadLetterConfig") or {}).get("Arn"),
        options=options,
    )


def target_input(target: dict[str, Any], event: dict[str, Any], rule_arn: str) -> str:
    """Return the input of a target: its constant, a part of the event, a filled template, or the whole event."""
    if "Input" in target:
        return str(target["Input"])
    if path := target.get("InputPath"):
        return json.dumps(value_at(path, event))
    if transformer := target.get("InputTransformer"):
        return fill_template(transformer["InputTemplate"], transformer.get("InputPathsMap") or {}, event, rule_arn)
    return json.dumps(event)


def _public_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event as targets get it: with its time as text, without moto's own fields."""
    public = {key: value for key, value in event.items() if key != "ingestion-time"}
    if isinstance(public["time"], int | float):
        public["time"] = datetime.fromtimestamp(public["time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return public
