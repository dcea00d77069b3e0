"""The data path under faults, with few events; `make soak` is the same test with 100,000 events."""

from __future__ import annotations

import time

from tests.load import soak
from tests.load.poison import KINDS, LARGE
from tests.load.records import GOOD, Plan
from tests.load.target import Target


def test_under_faults_and_poison_no_event_is_lost_or_stored_twice_and_no_shard_stalls(system):
    # Given PutEvents that throttles and fails, functions that are killed, and every kind of poison in the stream
    plan = Plan(events=2_400, users=240, name=f"soak-{time.time_ns()}", start=time.time() - 3600)
    # When all of it is consumed
    result = soak.run(Target(system.local, system.outputs), plan, most_behind=3_000, pause=(2.0, 5.0))
    # Then every good event is everywhere once, and all poison is in the dead-letter queues
    assert {one.record.kind for one in result.sent} == {GOOD, *KINDS, *LARGE}
    assert sum(result.killed.values()), "nothing was killed: so the test has not shown what it should"
    assert result.problems == []
