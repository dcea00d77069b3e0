"""What an experiment costs a request to recommend: warm, and with a cold start.

`python -m bench.exposures`. The service answers campaigns, SSM and Firehose alike. Goals: a warm answer waits no
longer than the bound of its exposure, and a cold start needs a tenth more processor time at most.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import cold_start, stub
from bench.environment import variables
from bench.figures import console, in_turn, ms, p50, p99, table, verdict
from bench.serving import EVENTS, call_with
from scripts.generate import package

ROUNDS = 300
COLD_ROUNDS = 9
BOUND = 0.005  # seconds: exposures.WAIT_SECONDS
MORE_PROCESSOR = 1.1
CAMPAIGN = "arn:aws:personalize:us-east-1:000000000000:campaign/bench"
EXPERIMENT = {
    "EXPERIMENTS_PARAMETER": "experiments",
    "SHARES_PARAMETER": "experiment-shares",
    "EXPOSURE_STREAM": "exposures",
    "EXPERIMENT_CAMPAIGNS": f'{{"bench": "{CAMPAIGN}", "other": "{CAMPAIGN}"}}',
}


def warm_here() -> None:
    """Print p50 and p99 of this process's environment, in seconds; run by `warm` in a process for each case."""
    call = call_with("recommend", EVENTS["recommend"])
    (taken,) = in_turn(ROUNDS, call)
    print(p50(taken), p99(taken))


def warm(service: stub.Service) -> None:
    """Print what a warm request takes without and with an experiment."""
    rows = []
    for latency in (0.0, 0.020):
        service.reset(latency)
        figures = [_measure(service, more) for more in ({}, EXPERIMENT)]
        added = figures[1][0] - figures[0][0]
        shown = [ms(one) for pair in figures for one in pair]
        rows.append([f"{latency * 1000:.0f} ms", *shown, ms(added), verdict(added <= BOUND + 0.002)])
    table("Warm requests", ["service", "p50", "p99", "p50 with", "p99 with", "added", "goal"], rows)


def _measure(service: stub.Service, more: dict[str, str]) -> tuple[float, float]:
    environment = {**os.environ, **variables(service.url), **more}
    command = [sys.executable, "-c", "from bench.exposures import warm_here; warm_here()"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    median, high = map(float, done.stdout.split()[-2:])
    return median, high


def cold(service: stub.Service, archives: Path) -> None:
    """Print how long a new process takes to its first answer without and with an experiment."""
    service.reset(0.0)
    found = []
    for more in ({}, EXPERIMENT):
        with cold_start.bed({**variables(service.url), **more}) as bed:
            function = bed.function(archives / "recommend.zip")
            starts = [bed.start(function, EVENTS["recommend"]) for _ in range(COLD_ROUNDS)][1:]
        found.append((p50([one.elapsed for one in starts]), min(one.processor for one in starts)))
    ratio = found[1][1] / found[0][1]
    figures = [ms(one) for pair in found for one in pair]
    columns = ["cold start", "processor", "cold start with", "processor with", "ratio", "goal"]
    table("Cold starts", columns, [[*figures, f"{ratio:.2f}", verdict(ratio <= MORE_PROCESSOR)]])


def main() -> None:
    """Measure and print."""
    with stub.running() as service, tempfile.TemporaryDirectory() as folder:
        if package.main(["recommend", "--output", folder]):
            sys.exit(1)
        warm(service)
        cold(service, Path(folder))
        console.print()


if __name__ == "__main__":
    main()
