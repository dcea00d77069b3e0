"""The experiments of the deployment as they are now, read again beside the requests.

A change counts within a minute: parameters that were read longer ago are read again before they are used, and while
requests come they are read every 20 seconds in a thread that nobody waits for.
"""

import threading
import time
from collections.abc import Callable

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.experiments.definition import (
    Experiment,
    apply_changed_shares,
    parse_changed_shares,
    parse_experiments,
)
from animal_recommender.observability import add_count_metric, logger

REFRESH_SECONDS = 20.0
OLDEST_SECONDS = 60.0
# So long an answer waits for parameters that are too old. Then those that are known count, or there is no experiment.
WAIT_SECONDS = 0.25

ReadParameters = Callable[[], tuple[str, str]]
"""Reads the definitions and the changed shares, or raises an AwsError."""


class CurrentExperiments:
    """Keeps the experiments that it has read. `clock` is the time of day, since a snapshot of a function ages too."""

    def __init__(
        self, read: ReadParameters, clock: Callable[[], float] = time.time, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self._read = read
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._known: tuple[Experiment, ...] = ()
        self._read_at = float("-inf")
        self._reading: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read the parameters if it is time."""
        busy = self._reading is not None and self._reading.is_alive()
        if not busy and self._age() > REFRESH_SECONDS:
            self._reading = threading.Thread(target=self._refresh, daemon=True, name="experiments")
            self._reading.start()

    def get(self) -> tuple[Experiment, ...]:
        """Return the experiments; wait for them only if what is known is too old."""
        self.start()
        if self._age() > OLDEST_SECONDS and self._reading is not None:
            self._reading.join(self._wait_seconds)
            if self._age() > OLDEST_SECONDS:
                add_count_metric("ExperimentsNotRead")
        return self._known

    def _age(self) -> float:
        return self._clock() - self._read_at

    def _refresh(self) -> None:
        try:
            definitions, shares = self._read()
            defined, changed = parse_experiments(definitions), parse_changed_shares(shares)
            self._known = apply_changed_shares(defined, changed, log_wrong_shares)
            self._read_at = self._clock()
        except AwsError as error:
            logger.error("Experiments not read", extra={"error": error_code(error)})
        except ValueError as error:  # its text names the experiment, and has nothing of a request
            logger.error("Experiments not valid", extra={"error": str(error)})


def log_wrong_shares(text: str) -> None:
    """Log changed shares that do not count; the text names the experiment, and has nothing of a request."""
    logger.error("Changed shares not valid", extra={"error": text})
