"""Deadlines and delays."""

from animal_recommender.retries import Deadline, backoff_delays
from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.fakes import FakeContext


def test_given_a_deadline_then_it_keeps_the_reserve_but_at_most_a_quarter() -> None:
    long, short = (Deadline(FakeContext(ms), 4.0, ManualClock(100.0)) for ms in (60_000, 2_000))
    assert (long.allows(55.9), long.allows(56.1)) == (True, False)
    assert (short.allows(1.4), short.allows(1.6)) == (True, False)


def test_given_delays_then_they_grow_with_jitter_up_to_their_limit() -> None:
    waits = backoff_delays(first=0.1, longest=1.0)
    for ceiling in (0.1, 0.2, 0.4, 0.8, 1.0, 1.0):
        assert ceiling / 2 <= next(waits) <= ceiling
