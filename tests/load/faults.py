"""Faults during a load test: PutEvents throttles and fails, and function processes are killed."""

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
def inject_faults(target: Target, seed: int, pause: tuple[float, float]) -> Iterator[Counter[str]]:
    """Inject faults while the block runs; yield how many processes of each function were killed so far.

    `pause`: least and most seconds between two kills. A kill ends one process of a function that reads
    the stream, a busy one if there is.
    """
    faults = {"operations": {"PutEvents": {"throttleRate": THROTTLED, "errorRate": FAILED}}}
    target.local_api("faults", "PUT", faults)
    killed: Counter[str] = Counter()
    over = threading.Event()
    killer = threading.Thread(target=_kill_processes, args=(target, random.Random(seed), pause, killed, over))
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()
        target.local_api("faults", "DELETE")


def _kill_processes(
    target: Target, chance: random.Random, pause: tuple[float, float], killed: Counter[str], over: threading.Event
) -> None:
    for consumer in itertools.cycle((*CONSUMERS, "normalize_events")):
        if over.wait(chance.uniform(*pause)):
            return
        processes = [one for one in target.processes() if one["function"] == target.function(consumer)]
        busy = [one for one in processes if one["state"] == "busy"]
        if processes:
            # As the kernel kills a process that takes too much memory: no handler runs, and no response is sent.
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(busy or processes)["pid"], signal.SIGKILL)
                killed[consumer] += 1
