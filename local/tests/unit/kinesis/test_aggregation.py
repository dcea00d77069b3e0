"""KPL aggregates are taken apart; anything else is one record."""

import pytest

from local_aws.kinesis.aggregation import find_user_records
from local_aws.testing.kpl import aggregate, frame


def test_given_an_aggregate_then_its_user_records_are_found() -> None:
    records = [b"", b"a", b"x" * 300]
    assert find_user_records(aggregate(*records)) == records


def test_given_broken_aggregates_then_they_are_one_record() -> None:
    whole = aggregate(b"a")
    for data in (whole[:-1], whole[:4], whole[:9] + b"\x00" + whole[10:], b"a", b""):
        assert find_user_records(data) == [data]


@pytest.mark.parametrize("body", [b"\x1a\x05a", b"\x1a\x02\x1a", b"\x19\x00", b"\x80", b"\x1a\x00"])
def test_given_a_body_that_is_no_message_then_it_is_one_record(body: bytes) -> None:
    data = frame(body)
    assert find_user_records(data) == [data]
