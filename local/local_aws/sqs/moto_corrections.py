"""SQS: queue attributes as they are read back, and receiving from a queue that holds much."""

import json
import time
from typing import Any

from moto.sqs.models import Message, Queue, SQSBackend

from local_aws.moto_patches.patching import added, around


def apply() -> None:
    """See the corrections below."""
    _keep_attributes()
    _look_up_retention_only()


def _look_up_retention_only() -> None:
    """Receive a message without counting all others.

    Cause: moto/sqs/models.py, receive_message asks for each message how long the queue keeps it by making every
    attribute of the queue, the counts of its messages among them.
    """

    @added(SQSBackend)
    def is_message_valid_based_on_retention_period(self: SQSBackend, queue_name: str, message: Message) -> bool:
        kept = self.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
        return kept + message.sent_timestamp / 1000 > time.time()


def _keep_attributes() -> None:
    """Keep every attribute that is set, change no other, and write JSON as AWS does.

    Causes, all in moto/sqs/models.py: RedriveAllowPolicy is not an attribute it knows; _set_attributes sets the policy
    to None whenever the request has none; the redrive policy is stored as a dict and given back with blanks; a KMS key
    does not switch SqsManagedSseEnabled off. Terraform waits for minutes, or sees a difference for ever.
    """
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None  # type: ignore[attr-defined]

    @around(Queue, "_set_attributes")
    def _set_attributes(original: Any, self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
        if "Policy" not in attributes and hasattr(self, "_policy_json"):
            attributes = {**attributes, "Policy": self.policy}
        if attributes.get("KmsMasterKeyId"):
            attributes = {**attributes, "SqsManagedSseEnabled": False}
        original(self, attributes, now)

    read = Queue.attributes.fget

    def attributes(self: Queue) -> dict[str, Any]:
        found = read(self)  # type: ignore[misc]
        if policy := getattr(self, "redrive_policy", None):
            found["RedrivePolicy"] = json.dumps(policy, separators=(",", ":"))
        return {name: value for name, value in found.items() if value not in (None, "")}

    Queue.attributes = property(attributes)  # type: ignore[assignment]
