"""Serving measured against plain handlers that look up their campaign and make a client on every request.

`python -m bench.serving`. Service and functions run on this machine; ratios travel, absolute figures do not.
"""

import http.client
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import cold_start, stub
from bench.environment import Context, handler, quiet, variables
from bench.figures import console, in_turn, ms, p50, p99, table, verdict
from scripts.generate import package

ROUNDS = 300
BASELINE_ROUNDS = 60
COLD_ROUNDS = 9
IMPORT_ROUNDS = 7
OVERHEAD = 0.2  # the goal: at most this share of the baseline's
FASTEST = 0.002  # the goal: seconds at p50
LIMIT = 3_000_000  # bytes of a package

SIZES = ("animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id")
ANIMALS = [dict(zip(SIZES, (1 + n % 2, f"breed {n}", 1 + n % 5, 1 + n % 5), strict=True)) for n in range(24)]
EVENTS = {
    "recommend": {"userId": "3578196281679609099", "limit": 6},
    "rerank": {
        "userId": "12345",
        "itemMetadataList": [{"itemId": str(n), "animalMetadata": animal} for n, animal in enumerate(ANIMALS)],
    },
}
GROUPS = ["-".join(str(value) for value in animal.values()) for animal in ANIMALS]
# What the handlers ask the service for, as it goes over the wire.
REQUESTS = {
    "recommend": ("/recommendations", {"userId": EVENTS["recommend"]["userId"], "numResults": 6}),
    "rerank": ("/personalize-ranking", {"userId": EVENTS["rerank"]["userId"], "inputList": GROUPS}),
}


def call_with(name: str, event: Any) -> Callable[[], object]:
    """Answer a call of a handler with an event."""
    function = handler(name)

    def call() -> object:
        with quiet():
            return function(event, Context())

    return call


def service_alone(url: str, name: str) -> Callable[[], object]:
    """Answer a call of the service with nothing around it: its own time, over a connection that stays open."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    path, request = REQUESTS[name]
    body = json.dumps(request)

    def call() -> object:
        connection.request("POST", path, body)
        return connection.getresponse().read()

    return call


@dataclass(frozen=True)
class Warm:
    """What requests to one handler took: seconds at p50 and p99, those beyond the bare service at p50, and calls."""

    p50: float
    p99: float
    overhead: float
    calls: float


def warm(service: stub.Service) -> None:
    """Print what a request costs beyond the service's own time."""
    cases = [(name, latency) for latency in (0.0, 0.020) for name in EVENTS]
    # First all of ours: the plain handlers leave boto3 and their many clients in this process.
    ours = [measure(service, latency, name, name, ROUNDS) for name, latency in cases]
    plain = [measure(service, latency, name, f"baseline_{name}", BASELINE_ROUNDS) for name, latency in cases]
    titles = [f"{name}, {latency * 1000:.0f} ms" for name, latency in cases]
    rows = [_warm_row(*row) for row in zip(titles, ours, plain, strict=True)]
    columns = ["handler, service", "p50", "p99", "plain p50", "plain p99", "overhead", "of plain's", "calls", "goals"]
    table("Warm requests: ours beside plain handlers", columns, rows)
    console.print(
        "Overhead: p50 less that of the bare service, asked the same in turn with the handler. "
        f"Goals: at most {OVERHEAD:.0%} of the plain handler's, and under {ms(FASTEST)}.\n"
    )


def measure(service: stub.Service, latency: float, name: str, variant: str, rounds: int) -> Warm:
    """Call one handler, or its baseline, in turn with the service alone."""
    call, alone = call_with(variant, EVENTS[name]), service_alone(service.url, name)
    service.reset(latency)
    taken, bare = in_turn(rounds, call, alone)
    calls = sum(service.reset(latency).values()) / (rounds + 1) - 1
    return Warm(p50(taken), p99(taken), p50(taken) - p50(bare), calls)


def _warm_row(title: str, ours: Warm, plain: Warm) -> list[str]:
    share = ours.overhead / plain.overhead
    goal = verdict(share <= OVERHEAD and ours.overhead < FASTEST)
    figures = map(ms, (ours.p50, ours.p99, plain.p50, plain.p99, ours.overhead))
    return [title, *figures, f"{share:.0%}", f"{plain.calls:.0f} → {ours.calls:.0f}", goal]


def cold(bed: cold_start.Bed, archives: Path) -> None:
    """Print how long a new process takes to its first answer, and how large the packages are.

    A cold start does nothing but compute, so the goal goes by processor time, the least of all rounds: what else the
    machine does can only add to it.
    """
    rows = []
    for name, event in EVENTS.items():
        ours = bed.function(archives / f"{name}.zip")
        plain = bed.single_file(Path(__file__).with_name(f"baseline_{name}.py"))
        pairs = [(bed.start(ours, event), bed.start(plain, event)) for _ in range(COLD_ROUNDS)][1:]  # in turn
        elapsed = [p50([pair[place].elapsed for pair in pairs]) for place in (0, 1)]
        processor = [min(pair[place].processor for pair in pairs) for place in (0, 1)]
        ratio = processor[0] / processor[1]
        size = f"{plain.size / 1000:.1f} → {ours.size / 1000:.1f} kB"
        goal = verdict(ratio <= 1 and ours.size < LIMIT)
        rows.append([name, *map(ms, (*elapsed, *processor)), f"{ratio:.2f}", size, goal])
    columns = ["handler", "cold start", "plain", "processor", "plain", "ratio", "package", "goal: ≤ 1, < 3 MB"]
    table("Cold starts under awslambdaric: process start to first answer, service at 0 ms", columns, rows)


def where_it_goes(bed: cold_start.Bed, archives: Path) -> None:
    """Print where the imports of a cold start spend their time: of each module the least, as for the cold starts."""
    recommend = bed.function(archives / "recommend.zip")
    runs = [bed.import_times(recommend) for _ in range(IMPORT_ROUNDS)]
    times = {name: min(run[name] for run in runs) for name in runs[0]}
    kinds = [
        "botocore",
        "urllib3",
        "others of the runtime",
        "standard library",
        "Powertools",
        "our own",
        "making the client at init",
    ]
    shares = dict.fromkeys(kinds, 0.0)
    for name, taken in times.items():
        shares[_kind(name)] += taken
    rows = [[kind, ms(taken), f"{taken / sum(shares.values()):.0%}"] for kind, taken in shares.items()]
    table("Where recommend's imports go (-X importtime)", ["modules", "time", "share"], rows)
    console.print("Beside it: the interpreter's own start, awslambdaric, and the first connection.\n")


def _kind(module: str) -> str:
    top = module.partition(".")[0]
    if module == "recommend.handler":
        return "making the client at init"
    if top in cold_start.own_modules():
        return "our own"
    if top in ("aws_lambda_powertools", "typing_extensions"):
        return "Powertools"
    if top in sys.stdlib_module_names or top.startswith("_"):
        return "standard library"
    return top if top in ("botocore", "urllib3") else "others of the runtime"


def main() -> None:
    """Measure and print."""
    with stub.running() as service, tempfile.TemporaryDirectory() as folder:
        environment = variables(service.url)
        os.environ.update(environment)
        if package.main([*EVENTS, "--output", folder]):
            sys.exit(1)
        warm(service)
        service.reset(0.0)
        with cold_start.bed(environment) as bed:
            cold(bed, Path(folder))
            where_it_goes(bed, Path(folder))


if __name__ == "__main__":
    main()
