"""SQS: queue attributes as they are read back, and receiving from a queue that holds much."""

import json
import time
from typing import Any

from moto.sqs.models import Message, Queue, SQSBackend

from local_aws.moto_patches.patching import correction, set_method, wrap_method


@correction
def read_retention_without_counting() -> None:
    """Receive a message without counting all the others.

    Cause: moto/sqs/models.py, receive_message reads the retention period for each message by computing every attribute
    of the queue, including the counts of its messages.
    """

    @set_method(SQSBackend)
    def is_message_valid_based_on_retention_period(self: SQSBackend, queue_name: str, message: Message) -> bool:
        queue: Any = self.get_queue(queue_name)
        sent_at = (message.sent_timestamp or 0.0) / 1000
        return bool(queue.message_retention_period + sent_at > time.time())


@correction
def keep_attributes() -> None:
    """Keep every attribute that is set, change no other, and write JSON as AWS does.

    Causes, all in moto/sqs/models.py: RedriveAllowPolicy is unknown; _set_attributes sets the policy to None when the
    request has none; the redrive policy is stored as a dict and returned with blanks; a KMS key does not switch
    SqsManagedSseEnabled off. Terraform waits for minutes, or finds a difference in every plan.
    """
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None  # type: ignore[attr-defined]

    @wrap_method(Queue, "_set_attributes")
    def _set_attributes(original: Any, self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
        if "Policy" not in attributes and hasattr(self, "_policy_json"):
            attributes = {**attributes, "Policy": self.policy}
        if attributes.get("KmsMasterKeyId"):
            attributes = {**attributes, "SqsManagedSseEnabled": False}
        original(self, attributes, now)

    read: Any = vars(Queue)["attributes"].fget

    def attributes(self: Queue) -> dict[str, Any]:
        found = read(self)
        if policy := getattr(self, "redrive_policy", None):
            found["RedrivePolicy"] = json.dumps(policy, separators=(",", ":"))
        return {name: value for name, value in found.items() if value not in (None, "")}

    Queue.attributes = property(attributes)  # type: ignore[assignment]
