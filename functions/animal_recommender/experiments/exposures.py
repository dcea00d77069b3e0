"""Exposures: one line of JSON for each list that a visitor of an experiment was shown.

    {"exposureId", "time", "experiment", "arm", "function", "visitor", "user"?, "session"?, "model"?,
     "recommendationId"?, "source"?, "shown": [{"position", "pet"?, "group"?, "source"?}, …]}

`visitor`, `user` and `session` are pseudonyms (`subject.pseudonym`), `visitor` is the one that was assigned to the arm.
Positions begin with 1. The same exposure may arrive twice, with one `exposureId`.

The function sends a line after it has made the answer, in a thread. The answer waits WAIT_SECONDS at most, which is
enough to sign and send it over a connection that is open, and not for the answer of Firehose. Lambda stops the threads
of a function while it has no request, so a thread that still waits then goes on with the next request: it reads the
answer of Firehose, or finds the connection closed and sends the line again.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.experiments.assignment import Assignment
from animal_recommender.experiments.subject import Subject
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.timestamps import format_time

WAIT_SECONDS = 0.005
# More lines than this wait only while Firehose does not answer. Then each further one is lost.
MAX_WAITING = 20
# Nobody sees more of a list, and a line stays far below Firehose's 1,000 KiB.
MAX_SHOWN = 100

Shown = Mapping[str, str]
"""An element that was shown: `pet`, `group` and `source`, those that it has."""


def exposure_line(
    assignment: Assignment,
    subject: Subject,
    shown: Iterable[Shown],
    *,
    recommendation_id: str | None = None,
    seconds: float,
) -> bytes:
    """Return the line of an exposure at a time (epoch seconds), with its newline."""
    elements = [{"position": place, **one} for place, one in enumerate(shown, 1)][:MAX_SHOWN]
    optional = {
        "model": assignment.arm.model,
        "recommendationId": recommendation_id,
        "source": elements[0].get("source") if elements else None,
    }
    line = {
        "exposureId": str(uuid.uuid4()),
        "time": format_time(seconds),
        "experiment": assignment.experiment.name,
        "arm": assignment.arm.name,
        "function": assignment.experiment.function,
        **subject.pseudonyms,
        **{name: value for name, value in optional.items() if value is not None},
        "shown": elements,
    }
    return json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


class ExposureSender:
    """Sends lines with `put`, each in a thread of its own, and counts those that it could not send."""

    def __init__(self, put: Callable[[bytes], Any], wait_seconds: float = WAIT_SECONDS) -> None:
        self._put = put
        self._wait_seconds = wait_seconds
        self._waiting: set[threading.Thread] = set()
        self._lost: list[str] = []  # list.append and list.pop are atomic

    def send(self, line: bytes) -> threading.Thread | None:
        """Begin to send a line; None if too many wait already, and it is lost."""
        self._waiting = {thread for thread in self._waiting if thread.is_alive()}
        add_count_metric("Exposures")
        if len(self._waiting) >= MAX_WAITING:
            self._lost.append("TooManyWaiting")
            return None
        thread = threading.Thread(target=self._send, args=(line,), daemon=True, name="exposure")
        self._waiting.add(thread)
        thread.start()
        return thread

    def wait(self, thread: threading.Thread | None) -> None:
        """Wait a little for a line, and count the lines that were lost since the last time."""
        if thread is not None:
            thread.join(self._wait_seconds)
        lost = [self._lost.pop() for _ in range(len(self._lost))]
        add_count_metric("ExposuresNotSent", len(lost))
        if lost:
            logger.error("Exposures not sent", extra={"errors": sorted(set(lost)), "count": len(lost)})

    def _send(self, line: bytes) -> None:
        try:
            self._put(line)
        except AwsError as error:
            self._lost.append(error_code(error))
