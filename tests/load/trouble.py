"""What goes wrong meanwhile: PutEvents throttles and fails, and function processes are killed."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.load.target import CONSUMERS, Target

THROTTLED, FAILED = 0.10, 0.02


@contextmanager
def trouble(target: Target, seed: int, pause: tuple[float, float]) -> Iterator[Counter[str]]:
    """Faults while the block runs; yields how many processes of each function were killed so far.

    `pause`: seconds between two kills, least and most. A kill meets every process of one consumer, busy or not.
    """
    faults = {"operations": {"PutEvents": {"throttleRate": THROTTLED, "errorRate": FAILED}}}
    target.ask("faults", "PUT", faults)
    killed: Counter[str] = Counter()
    over = threading.Event()
    killer = threading.Thread(target=_kill, args=(target, random.Random(seed), pause, killed, over))
    killer.start()
    try:
        yield killed
    finally:
        over.set()
        killer.join()
        target.ask("faults", "DELETE")


def _kill(
    target: Target, chance: random.Random, pause: tuple[float, float], killed: Counter[str], over: threading.Event
) -> None:
    for function in itertools.cycle(CONSUMERS):
        if over.wait(chance.uniform(*pause)):
            return
        killed[function] += target.ask(f"functions/{target.function(function)}", "DELETE")["killed"]
