"""CloudWatch Logs: how many events of a log group are kept, and how long."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from moto.logs.models import LogGroup, LogStream

from local_aws.moto_patches.patching import correction, wrap_method
from local_aws.retention import MIB, limits

_DAY_SECONDS = 24 * 3600
_lock = threading.Lock()


class _Batch(NamedTuple):
    """Events of one call; `ingested` in epoch seconds."""

    stream: LogStream
    events: int
    size: int
    ingested: float


@dataclass
class _Ingested:
    """The events of a group that are still kept, oldest first."""

    batches: deque[_Batch] = field(default_factory=deque)
    events: int = 0
    size: int = 0

    def add(self, batch: _Batch) -> None:
        self.batches.append(batch)
        self.events += batch.events
        self.size += batch.size

    def remove_oldest(self) -> _Batch:
        batch = self.batches.popleft()
        self.events -= batch.events
        self.size -= batch.size
        return batch

    def is_beyond_limits(self, retention_days: Any) -> bool:
        if not self.batches:
            return False
        expired = retention_days and self.batches[0].ingested < time.time() - int(retention_days) * _DAY_SECONDS
        return bool(expired) or self.events > limits().log_events or self.size > limits().log_mib * MIB


@correction
def remove_old_events() -> None:
    """Remove events after the retention of their log group, and the oldest beyond `retention.Limits`.

    Cause: moto/logs/models.py keeps every event and only stores the retention.
    """

    @wrap_method(LogGroup, "__init__")
    def initialize(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.ingested = _Ingested()

    @wrap_method(LogStream, "__init__")
    def initialize_stream(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.removed = 0

    @wrap_method(LogStream, "put_log_events")
    def put_log_events(original: Any, self: Any, log_events: list[dict[str, Any]]) -> str:
        token: str = original(self, log_events)
        size = sum(len(event["message"]) for event in log_events)
        with _lock:
            self.log_group.ingested.add(_Batch(self, len(log_events), size, time.time()))
        _remove_old(self.log_group)
        return token

    for name in ("get_log_events", "filter_log_events"):

        @wrap_method(LogGroup, name)
        def read(original: Any, self: LogGroup, *args: Any, **kwargs: Any) -> Any:
            _remove_old(self)
            return original(self, *args, **kwargs)


def _remove_old(group: Any) -> None:
    with _lock:
        while group.ingested.is_beyond_limits(group.retention_in_days):
            batch = group.ingested.remove_oldest()
            stream: Any = batch.stream
            del stream.events[: batch.events]
            stream.removed += batch.events
            stream.stored_bytes -= batch.size
            if not stream.events and batch.ingested < time.time() - _DAY_SECONDS:
                group.streams.pop(stream.log_stream_name, None)


@correction
def count_removed_events_in_tokens() -> None:
    """Count the events that were removed in the tokens of GetLogEvents, so that a reader neither skips nor repeats any.

    Cause: the tokens of moto/logs/models.py are positions in the list of the stream's events.
    """

    @wrap_method(LogStream, "get_log_events")
    def get_log_events(
        original: Any, self: Any, start: Any, end: Any, limit: Any, next_token: str | None, start_from_head: Any
    ) -> Any:
        removed = self.removed
        token = _moved(next_token, -removed) if next_token else None
        events, *tokens = original(self, start, end, limit, token, start_from_head)
        return events, *(_moved(one, removed) for one in tokens)


def _moved(token: str, by: int) -> str:
    """Return a token such as `f/0012` for another position; one that moto rejects stays as it is."""
    try:
        return f"{token[:2]}{max(-1, int(token[2:]) + by):056d}"
    except ValueError:
        return token
