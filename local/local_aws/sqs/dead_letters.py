"""The dead-letter queues, and their messages with the reasons. Nothing is received: the messages stay as they are.

A queue is one if a redrive policy, a function, an event source mapping, a rule or a schedule sends there what failed,
or if it has a redrive allow policy itself.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.events.models import events_backends
from moto.scheduler.models import scheduler_backends
from moto.sqs.models import Message, Queue, sqs_backends

_MOST_CHARACTERS = 8_192  # of a body that is shown
# Message attributes of EventBridge and of Lambda.
_REASON_ATTRIBUTES = ("ERROR_CODE", "ErrorMessage")


def dead_letter_queues(limit: int) -> list[dict[str, Any]]:
    """Return each dead-letter queue: name, ARN, number of messages, reasons with counts, newest `letters` first.

    A letter has `id`, `sent` (epoch milliseconds), `reason`, `attributes`, `body` (text, long ones are cut off).
    """
    arns = set(_destinations())
    queues = [queue for backend in _backends(sqs_backends) for queue in list(backend.queues.values())]
    chosen = [queue for queue in queues if queue.queue_arn in arns or getattr(queue, "redrive_allow_policy", None)]
    return [_describe(queue, limit) for queue in sorted(chosen, key=lambda queue: queue.name)]


def _backends(backends: Any) -> list[Any]:
    return [backend for account in list(backends.values()) for backend in list(account.values())]


def _destinations() -> Iterator[str]:
    """Yield the ARN of everything that is the destination of what failed."""
    for backend in _backends(sqs_backends):
        for queue in list(backend.queues.values()):
            yield (getattr(queue, "redrive_policy", None) or {}).get("deadLetterTargetArn", "")
    for backend in _backends(lambda_backends):
        for function in [group["latest"] for group in list(backend._lambdas._functions.values())]:
            yield (getattr(function, "kept_settings", {}).get("DeadLetterConfig") or {}).get("TargetArn", "")
            for config in function.event_invoke_config:
                yield _on_failure(config.config.get("DestinationConfig"))
        for mapping in list(backend._event_source_mappings.values()):
            yield _on_failure(mapping.destination_config)
    for backend in _backends(events_backends):
        for bus in list(backend.event_buses.values()):
            for rule in list(bus.rules.values()):
                yield from (_dead_letter(target) for target in list(rule.targets))
    for backend in _backends(scheduler_backends):
        for group in list(backend.schedule_groups.values()):
            yield from (_dead_letter(schedule.target) for schedule in list(group.schedules.values()))


def _on_failure(destinations: Any) -> str:
    return str(((destinations or {}).get("OnFailure") or {}).get("Destination", ""))


def _dead_letter(target: dict[str, Any]) -> str:
    return str((target.get("DeadLetterConfig") or {}).get("Arn", ""))


def _describe(queue: Queue, limit: int) -> dict[str, Any]:
    messages = list(queue._messages)
    newest = [_letter(message) for message in reversed(messages[-limit:])]
    return {
        "name": queue.name,
        "arn": queue.queue_arn,
        "messages": len(messages),
        "reasons": dict(Counter(_reason(message) for message in messages[-1_000:])),
        "letters": newest,
    }


def _letter(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "sent": message.sent_timestamp,
        "reason": _reason(message),
        "attributes": {name: _text(value) for name, value in message.message_attributes.items()},
        "body": message.body[:_MOST_CHARACTERS],
    }


def _reason(message: Message) -> str:
    """Return why a message is here: from its attributes, as services of AWS write it, or from its JSON body."""
    for name in _REASON_ATTRIBUTES:
        if name in message.message_attributes:
            return _text(message.message_attributes[name])
    try:
        body = json.loads(message.body)
    except (ValueError, RecursionError):
        return "not given"
    if not isinstance(body, dict):
        return "not given"
    context = body.get("requestContext")
    condition = context.get("condition") if isinstance(context, dict) else None  # a destination of Lambda
    return str(body.get("reason") or condition or "not given")[:200]


def _text(attribute: dict[str, Any]) -> str:
    return str(attribute.get("StringValue") or attribute.get("string_value") or "")
