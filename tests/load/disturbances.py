"""What goes wrong meanwhile: PutEvents throttles and fails, and function processes are killed."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.load.target import CONSUMERS, Target

THROTTLED, FAILED = 0.10, 0.02


@contextmanager
def trouble(target: Target, seed: int, pause: tuple[float, float]) -> Iterator[Counter[str]]:
    """Faults while the block runs; yields how many processes of each function were killed so far.

    `pause`: seconds between two kills, least and most. A kill meets one process of a consumer, a busy one if there is.
    """
    faults = {"operations": {"PutEvents": {"throttleRate": THROTTLED, "errorRate": FAILED}}}
    target.ask("faults", "PUT", faults)
    killed: Counter[str] = Counter()
    over = threading.Event()
    killer = threading.Thread(target=_kill_on, args=(target, random.Random(seed), pause, killed, over))
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()
        target.ask("faults", "DELETE")


def _kill_on(
    target: Target, chance: random.Random, pause: tuple[float, float], killed: Counter[str], over: threading.Event
) -> None:
    for consumer in itertools.cycle(CONSUMERS):
        if over.wait(chance.uniform(*pause)):
            return
        processes = [one for one in target.processes() if one["function"] == target.function(consumer)]
        busy = [one for one in processes if one["state"] == "busy"]
        if processes:
            # As the kernel does it to a process that takes too much memory: no handler runs, no answer goes out.
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(busy or processes)["pid"], signal.SIGKILL)
                killed[consumer] += 1
