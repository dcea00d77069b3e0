"""Call recommend and rerank concurrently: `python -m tests.load.serving [--callers 50] [--seconds 60]`.

Starts a system of its own, or uses the one that runs at LOCAL_AWS_DIR and LOCAL_AWS_PORT. Exit status 1 if a call
failed or memory kept growing.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from scripts.common.environments import ROOT
from scripts.common.terminal import console, print_table, running
from tests.load.memory import COLUMNS, Memory
from tests.load.monitor import percentile
from tests.load.target import Target, system, system_location

FUNCTIONS = ("recommend", "rerank")
MOST_GROWTH = 1.15  # memory at the end, as a multiple of the middle's
_SEED_USERS = 200


@dataclass
class Calls:
    """What callers saw: the seconds of each call by function, the errors, and the `source` of the answers."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in FUNCTIONS})
    errors: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)

    def add(self, other: Calls) -> None:
        """Add what another caller saw."""
        for name, seconds in other.seconds.items():
            self.seconds[name] += seconds
        self.errors += other.errors
        self.sources += other.sources


def run(target: Target, callers: int, seconds: float, warm_up: float) -> tuple[Calls, list[Memory]]:
    """Let `callers` threads call without a pause; measure after `warm_up` seconds, when the processes have started."""
    client = target.client("lambda", attempts=1, connections=callers)
    _phase(target, client, callers, warm_up, Calls())
    calls, memory = Calls(), [target.memory()]
    for _ in ("middle", "end"):
        _phase(target, client, callers, seconds / 2, calls)
        memory.append(target.memory())
    return calls, memory


def _phase(target: Target, client: Any, callers: int, seconds: float, calls: Calls) -> None:
    until = time.monotonic() + seconds
    seen = [Calls() for _ in range(callers)]  # one for each thread: an increment of a shared counter could get lost
    threads = [
        threading.Thread(target=_call_repeatedly, args=(target, client, random.Random(number), until, mine))
        for number, mine in enumerate(seen)
    ]
    for thread in threads:
        thread.start()
    for thread, mine in zip(threads, seen, strict=True):
        thread.join()
        calls.add(mine)


def _call_repeatedly(target: Target, client: Any, chance: random.Random, until: float, calls: Calls) -> None:
    while time.monotonic() < until:
        name = chance.choice(FUNCTIONS)
        began = time.monotonic()
        try:
            answer = client.invoke(FunctionName=target.function(name), Payload=json.dumps(_payload(name, chance)))
            _check(name, answer, calls)
        except Exception as error:
            calls.errors[f"{name}: {type(error).__name__}: {error}"[:200]] += 1
        calls.seconds[name].append(time.monotonic() - began)


def _check(name: str, answer: Any, calls: Calls) -> None:
    body = json.load(answer["Payload"])
    if "FunctionError" in answer:
        calls.errors[f"{name}: {body.get('errorMessage')}"[:200]] += 1
    elif "errors" in body:
        calls.errors[f"{name}: {body['errors']}"[:200]] += 1
    elif name == "rerank":
        calls.sources[f"rerank: {body['source']}"] += 1
        if len(body["ranking"]) != len(_CANDIDATES):
            calls.errors["rerank: an item is missing"] += 1
    else:
        calls.sources[f"recommend: {body[0]['source']}"] += 1
        if len(body) != 10:
            calls.errors["recommend: not ten items"] += 1


_CANDIDATES = json.loads((ROOT / "seed" / "payloads" / "rerank.json").read_text())["itemMetadataList"]


def _payload(name: str, chance: random.Random) -> dict[str, Any]:
    user = str(chance.randrange(_SEED_USERS))
    return {"userId": user, "limit": 10} if name == "recommend" else {"userId": user, "itemMetadataList": _CANDIDATES}


def report(calls: Calls, memory: list[Memory], seconds: float) -> None:
    """Print the figures."""
    rows = []
    for name, taken in calls.seconds.items():
        figures = [percentile(taken, share) * 1000 for share in (0.5, 0.9, 0.99, 1.0)]
        rows.append((name, f"{len(taken):,}", f"{len(taken) / seconds:,.0f}", *(f"{value:,.0f}" for value in figures)))
    print_table("Latency as callers saw it, ms", ["function", "calls", "a second", "p50", "p90", "p99", "most"], rows)
    rows = [(when, *one.row()) for when, one in zip(("start", "middle", "end"), memory, strict=True)]
    print_table("Memory, MB", ["when", *COLUMNS], rows)
    print_table("Answers", ["source", "count"], sorted(calls.sources.items()))


def problems(calls: Calls, memory: list[Memory]) -> list[str]:
    """Return every problem of a run: errors of calls, and memory that grew."""
    _, middle, end = memory
    grown = [
        f"the {what} grew from {before:,.0f} to {after:,.0f} MB in the second half"
        for what, before, after in (
            ("server", middle.server, end.server),
            ("functions", middle.functions / max(middle.processes, 1), end.functions / max(end.processes, 1)),
        )
        if after > before * MOST_GROWTH
    ]
    return [*(f"{count} x {error}" for error, count in calls.errors.items()), *grown]


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.serving", description=__doc__.split(":")[0])
    parser.add_argument("--callers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warm-up", type=float, default=10.0)
    given = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as temporary,
        system(*system_location(temporary)) as target,
        running(f"{given.callers} callers for {given.seconds:.0f} s"),
    ):
        calls, memory = run(target, given.callers, given.seconds, given.warm_up)
    report(calls, memory, given.seconds)
    found = problems(calls, memory)
    for problem in found[:20]:
        console.print(f"[red]✗[/red] {problem}")
    console.print(f"{len(found):,} problems" if found else "no error, memory steady")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
