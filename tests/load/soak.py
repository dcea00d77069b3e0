"""Test the data path under faults, and report figures: `python -m tests.load.soak [--events 100000] [--users 5000]`.

Starts a system of its own, or uses the one that runs at LOCAL_AWS_DIR and LOCAL_AWS_PORT. Exit status 1 if anything
is lost, stored twice, not reported or stalled, or if the server needs too much memory at the end.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from scripts.common.terminal import console, print_table, running
from scripts.operate.dead_letter_queue import Letter
from tests.load import verify
from tests.load.faults import FAILED, THROTTLED, inject_faults
from tests.load.memory import COLUMNS
from tests.load.monitor import Monitor, monitoring, percentile
from tests.load.producer import Sent, allow_large_records, send
from tests.load.records import GOOD, Plan
from tests.load.target import CONSUMERS, Target, system, system_location

LONGEST_STALL = 60.0  # seconds that a lane may make no progress while a batch is retried
MOST_MEMORY = 700.0  # MB of the server without the processes of functions, after 100,000 events on a new system
_DRAIN_SECONDS = 180.0  # give up after so long without any progress
_FIREHOSE_SECONDS = 30.0
_REPORT_EVERY = 100  # records


@dataclass(frozen=True)
class Result:
    """The result of a run: what was sent, what was measured, and every problem found."""

    sent: list[Sent]
    monitor: Monitor
    seconds: float
    since: float
    killed: Counter[str]
    letters: dict[str, list[Letter]]
    problems: list[str]


def run(
    target: Target,
    plan: Plan,
    *,
    most_behind: int,
    pause: tuple[float, float],
    most_memory: float = MOST_MEMORY,
    report_progress: Callable[[str], object] = str,
) -> Result:
    """Send everything, inject faults until all is consumed, then compare the stores with what was sent.

    `most_behind`: how many records the producer may be ahead of the consumers. `most_memory`: MB of
    the server at the end.
    """
    since, began = time.time(), time.monotonic()
    allow_large_records(target)
    with monitoring(target) as monitor, inject_faults(target, plan.seed, pause) as killed:
        sent = []
        for one in send(target, plan.records(), lambda: monitor.behind() < most_behind):
            sent.append(one)
            monitor.sent = len(sent)
            if len(sent) % _REPORT_EVERY == 0:
                report_progress(f"{len(sent):,} sent, {monitor.behind():,} of them not consumed yet")
        drained = _drain(monitor, report_progress)
    seconds = time.monotonic() - began
    report_progress("all consumed; comparing the stores with what was sent")
    problems = [] if drained else [f"{monitor.behind()} records are still not consumed"]
    problems += [
        f"{function}, {shard}: no progress for {stall:.0f} s"
        for (function, shard, _), stall in monitor.stalls.items()
        if stall > LONGEST_STALL
    ]
    if (memory := monitor.samples[-1].memory.server) > most_memory:
        problems.append(f"the server has {memory:,.0f} MB of memory, more than {most_memory:,.0f}")
    letters = {consumer: verify.letters(target, consumer) for consumer in CONSUMERS}
    problems += verify.tracker_problems(target, sent)
    problems += verify.history_problems(target, sent)
    problems += _raw_problems(target, sent)
    problems += verify.dead_letter_problems(sent, letters)
    return Result(sent, monitor, seconds, since, killed, letters, problems)


def _raw_problems(target: Target, sent: list[Sent]) -> list[str]:
    """Check the raw store, again and again until Firehose has had the time to write what it buffers."""
    until = time.monotonic() + _FIREHOSE_SECONDS
    while (problems := verify.raw_problems(target, sent)) and time.monotonic() < until:
        time.sleep(2)
    return problems


def _drain(monitor: Monitor, report_progress: Callable[[str], object]) -> bool:
    """Wait until everything is consumed; return False if there is no more progress."""
    least, moved = math.inf, time.monotonic()
    while behind := max(monitor.sample().behind.values(), default=0):
        if behind < least:
            least, moved = behind, time.monotonic()
        if time.monotonic() - moved > _DRAIN_SECONDS:
            return False
        report_progress(f"all sent, {behind:,} not consumed yet")
        time.sleep(1)
    return True


def report(target: Target, result: Result) -> None:
    """Print the figures."""
    kinds = Counter(one.record.kind for one in result.sent)
    bad = len(result.sent) - kinds[GOOD]
    print_table("The run", ["what", "figure"], [*_totals(result, kinds[GOOD], bad), *_calls(target, result)])
    rows = [(name, *_lag(result.monitor, name)) for name in CONSUMERS]
    print_table("Behind the stream", ["consumer", "age p50", "p90", "p99", "most", "at the end", "longest stall"], rows)
    print_table("Memory, MB", ["when", *COLUMNS], _memory(result.monitor))
    places = {one.place: one.record.kind for one in result.sent}
    reasons = {
        name: Counter((places.get(letter.place, "?"), letter.reason) for letter in found)
        for name, found in result.letters.items()
    }
    rows = [
        (kind, reason, kinds[kind], *(reasons[name][kind, reason] for name in CONSUMERS))
        for kind, reason in sorted(set().union(*reasons.values()))
    ]
    print_table("Dead letters", ["kind", "reason", "sent", *CONSUMERS], rows)


def _totals(result: Result, events: int, bad: int) -> list[tuple[str, str]]:
    different = len(verify.good(result.sent))
    return [
        ("records sent", f"{len(result.sent):,}"),
        ("good events", f"{events:,} ({events - different:,} of them sent again by the producer)"),
        ("poison records", f"{bad:,}"),
        ("duration", f"{result.seconds:,.0f} s"),
        ("records a second, through the whole path", f"{len(result.sent) / result.seconds:,.0f}"),
        ("PutEvents", f"{THROTTLED:.0%} throttled, {FAILED:.0%} failed"),
        ("function processes killed", ", ".join(f"{name}: {count}" for name, count in result.killed.items())),
    ]


def _calls(target: Target, result: Result) -> list[tuple[str, str]]:
    rows = []
    for name in CONSUMERS:
        function = target.function(name)
        invocations, errors = (
            target.total("AWS/Lambda", metric, "FunctionName", function, result.since)
            for metric in ("Invocations", "Errors")
        )
        retried = target.total("AnimalRecommender", "EventsRetried", "service", function, result.since)
        text = f"{invocations:,.0f} invocations, {errors:,.0f} failed; {retried:,.0f} events retried within"
        rows.append((name, text))
    growth = result.monitor.memory_growth()
    return [
        *rows,
        ("duplicates that the tracker ignored", f"{target.tracked()['duplicates']:,}"),
        ("growth of the server with each record, second half", f"{growth:,.0f} bytes"),
    ]


def _lag(monitor: Monitor, name: str) -> list[str]:
    ages = [sample.age.get(name, 0.0) for sample in monitor.samples]
    stalls = [stall for (function, *_), stall in monitor.stalls.items() if function == name]
    figures = [*(percentile(ages, share) for share in (0.5, 0.9, 0.99)), max(ages), ages[-1], max(stalls, default=0.0)]
    return [f"{figure:.1f} s" for figure in figures]


def _memory(monitor: Monitor) -> list[tuple[str, ...]]:
    samples = monitor.samples
    chosen = [samples[round(part * (len(samples) - 1) / 4)] for part in range(5)]
    return [(f"{sample.at:.0f} s", *sample.memory.row()) for sample in chosen]


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description=__doc__.split(":")[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="soak", help="begins every id: another name for a second run on one system")
    parser.add_argument("--behind", type=int, default=4_000, help="records the producer may be ahead")
    parser.add_argument("--kill", type=float, nargs=2, default=(2.0, 6.0), help="seconds between kills")
    parser.add_argument("--memory", type=float, default=MOST_MEMORY, help="MB that the server may have at the end")
    given = parser.parse_args(arguments)
    plan = Plan(given.events, given.users, given.seed, name=given.name, start=time.time() - 3600)
    with tempfile.TemporaryDirectory() as temporary, system(*system_location(temporary)) as target:
        with running(f"{plan.events:,} records of {plan.users:,} users, with faults") as progress:
            result = run(
                target,
                plan,
                most_behind=given.behind,
                pause=tuple(given.kill),
                most_memory=given.memory,
                report_progress=progress.update,
            )
        report(target, result)
    for problem in result.problems[:20]:
        console.print(f"[red]✗[/red] {problem}")
    verdict = (
        f"{len(result.problems):,} problems"
        if result.problems
        else "nothing lost, nothing stored twice, nothing stalled"
    )
    console.print(verdict)
    return bool(result.problems)


if __name__ == "__main__":
    sys.exit(main())
