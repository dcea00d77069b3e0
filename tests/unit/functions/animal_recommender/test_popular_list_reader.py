"""The stored popular list: when it is read, and what is returned if it cannot be read."""

import json

from animal_recommender.popular_list_reader import MAX_AGE_SECONDS, PopularListReader
from local_aws.testing.manual_clock import ManualClock
from tests.unit.functions.fakes import FakeS3, error

STORED = {"general": ["1-a-1-1", "2-b-1-1", "1-c-1-1"], "species": {"1": ["1-a-1-1", "1-c-1-1"], "2": ["2-b-1-1"]}}


def test_given_a_stored_list_then_it_is_read_again_only_when_it_is_old(s3: FakeS3) -> None:
    clock = ManualClock()
    s3.body = json.dumps(STORED).encode()
    popular = PopularListReader(lambda: s3, "bucket", "key", clock)

    assert popular.top(9, ()) == STORED["general"]
    clock.sleep(MAX_AGE_SECONDS)
    popular.top(9, ())
    assert s3.reads == 1
    clock.sleep(1)
    s3.faults = [error("SlowDown", 503)]
    assert popular.top(9, ()) == STORED["general"], "an old list is better than no list"
    assert s3.reads == 2
