"""Names of Firehose's objects."""

import re
from datetime import UTC, datetime

import pytest

from local_aws.firehose.object_names import UnknownExpressionError, expand_prefix, format_java, object_key

WHEN = datetime(2026, 3, 5, 7, 8, 9, tzinfo=UTC)


def test_a_prefix_with_expressions_is_evaluated_and_gets_no_date_of_its_own() -> None:
    key = object_key(
        stream="raw",
        version="1",
        prefix="events/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/",
        extension=".json.gz",
        moment=WHEN.timestamp(),
        zone="UTC",
    )
    assert re.fullmatch(
        r"events/year=2026/month=03/day=05/hour=07/raw-1-2026-03-05-07-08-09-[0-9a-f-]{36}\.json\.gz", key
    )


@pytest.mark.parametrize(
    ("prefix", "folder"), [("", "2026/03/05/07/"), ("raw/", "raw/2026/03/05/07/"), ("r", "r2026/03/05/07/")]
)
def test_a_prefix_without_expressions_gets_the_date(prefix: str, folder: str) -> None:
    key = object_key(stream="s", version="2", prefix=prefix, extension="", moment=WHEN.timestamp(), zone="UTC")
    assert key.startswith(f"{folder}s-2-2026-03-05-07-08-09-")


def test_a_time_zone_moves_the_folder() -> None:
    key = object_key(
        stream="s", version="1", prefix="!{timestamp:HH}/", extension="", moment=WHEN.timestamp(), zone="Asia/Tokyo"
    )
    assert key.startswith("16/")


def test_java_patterns_and_literals() -> None:
    assert format_java("'year='yyyy'/'MMM-d''", WHEN) == "year=2026/Mar-5'"


def test_random_strings_differ_and_error_types_are_named() -> None:
    first, second = (expand_prefix("!{firehose:random-string}", WHEN) for _ in range(2))
    assert first != second
    assert (
        expand_prefix("errors/!{firehose:error-output-type}/", WHEN, "processing-failed") == "errors/processing-failed/"
    )


@pytest.mark.parametrize(
    "prefix", ["!{partitionKeyFromQuery:id}/", "!{timestamp:QQ}/", "!{firehose:error-output-type}/"]
)
def test_what_is_not_supported_is_refused(prefix: str) -> None:
    with pytest.raises(UnknownExpressionError):
        expand_prefix(prefix, WHEN)
