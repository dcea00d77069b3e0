"""The newest events of a log group, over all of its streams."""

import heapq
from collections.abc import Iterator
from itertools import islice
from typing import Any

from moto.logs.models import LogGroup, LogStream, logs_backends

_MOST_CHARACTERS = 4_000


def list_groups() -> list[str]:
    """Return the name of every log group that is kept."""
    return sorted({group.name for group in _groups()})


def newest_events(name: str, limit: int) -> list[dict[str, Any]] | None:
    """Return the newest events of the groups with a name, oldest first; None if there is no such group.

    Each has `time` (epoch milliseconds), `stream` and `message`, of which long ones are cut off.
    """
    groups = [group for group in _groups() if group.name == name]
    if not groups:
        return None
    streams = [_newest_first(stream) for group in groups for stream in list(group.streams.values())]
    found = list(islice(heapq.merge(*streams, key=lambda event: -event["time"]), limit))
    return found[::-1]


def _groups() -> Iterator[LogGroup]:
    for account in list(logs_backends.values()):
        for backend in list(account.values()):
            yield from list(backend.groups.values())


def _newest_first(stream: LogStream) -> Iterator[dict[str, Any]]:
    for event in reversed(stream.events):
        message = event.message
        if len(message) > _MOST_CHARACTERS:
            message = f"{message[:_MOST_CHARACTERS]}…"
        yield {"time": event.timestamp, "stream": stream.log_stream_name, "message": message}
