"""SQS: how long messages and the receipts of deleted messages are kept."""

import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from moto.sqs.models import Queue, SQSBackend

from local_aws.moto_patches.patching import correction, wrap_method

_KEPT_RECEIPTS = 10_000


class _NewestReceipts:
    """A set of the receipt handles that were added last."""

    def __init__(self) -> None:
        self._handles: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, handle: str) -> bool:
        return handle in self._handles

    def update(self, handles: Iterable[str]) -> None:
        for handle in handles:
            self._handles[handle] = None
        while len(self._handles) > _KEPT_RECEIPTS:
            self._handles.popitem(last=False)


@correction
def remove_expired_messages() -> None:
    """Remove messages after the retention period of their queue.

    Cause: moto/sqs/models.py never removes them, and receive_message stops at the first expired one, so that nothing
    behind it is ever received.
    """

    @wrap_method(Queue, "add_message")
    def add_message(original: Any, self: Queue, *args: Any, **kwargs: Any) -> None:
        _remove_expired(self)
        original(self, *args, **kwargs)

    @wrap_method(SQSBackend, "receive_message")
    def receive_message(original: Any, self: SQSBackend, queue_name: str, *args: Any, **kwargs: Any) -> Any:
        _remove_expired(self.get_queue(queue_name))
        return original(self, queue_name, *args, **kwargs)


def _remove_expired(queue: Any) -> None:
    with queue._messages_lock:
        oldest_sent = (time.time() - queue.message_retention_period) * 1000
        while queue._messages and (queue._messages[0].sent_timestamp or 0) < oldest_sent:
            queue.pending_messages.discard(queue._messages.pop(0))


@correction
def bound_deleted_receipts() -> None:
    """Keep the newest 10,000 receipt handles of deleted messages, which may be deleted once more.

    Cause: moto/sqs/models.py keeps those of every message.
    """

    @wrap_method(Queue, "__init__")
    def initialize(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.deleted_messages = _NewestReceipts()
