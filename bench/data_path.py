"""The data path measured: put_events against a plain handler, and records a second for the mapping's settings.

`python -m bench.data_path`. Service and functions run on this machine; ratios travel, absolute figures do not.
"""

import base64
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import stub
from bench.environment import Context, handler, quiet, variables
from bench.figures import console, ms, p50, seconds, table, verdict

LATENCY = 0.020  # seconds of each service call
FASTER = 20  # the goal for 100 records of 25 sessions
SHARD_RECORDS = 1000  # records a second that one shard takes
CONCURRENCY = 32  # of put_events

BREED = {"animal_species_id": "1", "animal_primary_breed_id": "Bombay", "animal_size_id": "1", "animal_age_id": "2"}


@dataclass(frozen=True)
class Shape:
    """A batch: how many records of how many sessions, spread evenly."""

    records: int
    sessions: int

    def batch(self) -> dict[str, Any]:
        """Make it as an event source mapping delivers it."""
        return {"Records": [self._record(number) for number in range(self.records)]}

    def calls(self) -> int:
        """Answer how many PutEvents calls are needed at least."""
        return self.sessions * math.ceil(self.records / self.sessions / 10)

    def _record(self, number: int) -> dict[str, Any]:
        user = f"user-{number % self.sessions}"
        event = {"userId": user, "sessionId": f"s-{user}", "eventType": "DetailView", "animalMetadata": BREED}
        return {
            "eventID": f"shardId-000000000000:{number}",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/bench",
            "kinesis": {
                "data": base64.b64encode(json.dumps(event).encode()).decode(),
                "sequenceNumber": str(number),
                "approximateArrivalTimestamp": time.time(),
            },
        }


def call_with(name: str, shape: Shape) -> Callable[[], None]:
    """Answer a call of a handler with a batch."""
    function, batch = handler(name), shape.batch()

    def call() -> None:
        with quiet():
            answer = function(batch, Context())
        assert not (answer or {}).get("batchItemFailures"), "the stub refuses nothing"

    return call


def compare(service: stub.Service) -> None:
    """Print put_events beside the plain handler."""
    rows = []
    for shape in (Shape(100, 25), Shape(100, 5), Shape(100, 100)):
        taken, calls = {}, {}
        for name, rounds in (("baseline_put_events", 2), ("put_events", 10)):
            call = call_with(name, shape)
            service.reset(LATENCY)
            taken[name] = p50(seconds(call, rounds))
            calls[name] = service.reset(LATENCY)["/events"] // (rounds + 1)
        ratio = taken["baseline_put_events"] / taken["put_events"]
        goal = verdict(ratio >= FASTER and calls["put_events"] <= shape.calls()) if shape.sessions == 25 else ""
        rows.append(
            [
                f"{shape.records} records of {shape.sessions} sessions",
                ms(taken["baseline_put_events"]),
                ms(taken["put_events"]),
                f"{ratio:.0f} x",
                f"{calls['baseline_put_events']} → {calls['put_events']}",
                goal,
            ]
        )
    columns = ["one batch", "plain handler", "put_events", "faster", "calls", f"goal: {FASTER} x"]
    table(f"put_events, service at {LATENCY * 1000:.0f} ms", columns, rows)


def throughput(service: stub.Service) -> None:
    """Print records a second for each batch size, on paper and measured, and what a full shard needs."""
    rows = []
    for records in (10, 100, 500, 1000):
        shape = Shape(records, max(1, records // 4))
        measured = {}
        for name in ("put_events", "record_history"):
            call = call_with(name, shape)
            service.reset(LATENCY)
            measured[name] = records / p50(seconds(call, 5))
        slower = min(measured.values())  # the two have the same mapping settings
        paper = records / (math.ceil(shape.calls() / CONCURRENCY) * LATENCY)
        rows.append(
            [
                records,
                f"{paper:,.0f}",
                f"{measured['put_events']:,.0f}",
                f"{measured['record_history']:,.0f}",
                math.ceil(SHARD_RECORDS / slower),
                f"{slower * 10:,.0f}",
            ]
        )
    columns = ["batch size", "paper", "put_events", "record_history", "factor for a full shard", "at factor 10"]
    table("Records a second, 4 events a session, one batch at a time (parallelization factor 1)", columns, rows)
    console.print(
        f"On paper: batch size ÷ (rounds of {CONCURRENCY} calls x {LATENCY * 1000:.0f} ms). "
        f"A shard takes {SHARD_RECORDS:,} records/s; Personalize 1,000 PutEvents calls/s.\n"
    )


def main() -> None:
    """Measure and print."""
    with stub.running() as service:
        os.environ.update(variables(service.url))
        compare(service)
        throughput(service)


if __name__ == "__main__":
    main()
