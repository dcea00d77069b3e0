"""S3 locations."""

import pytest

from local_aws.personalize.data.s3_files import split_location
from local_aws.personalize.errors import JobFailedError


@pytest.mark.parametrize(
    ("location", "expected"),
    [("s3://b/a#1?x.csv", ("b", "a#1?x.csv")), ("s3://b/in/", ("b", "in/")), ("s3://b", ("b", ""))],
)
def test_given_any_key_when_a_location_is_split_then_the_key_is_complete(
    location: str, expected: tuple[str, str]
) -> None:
    assert split_location(location) == expected


@pytest.mark.parametrize("location", ["http://b/k", "s3:///k", "b/k"])
def test_given_no_s3_location_when_split_then_it_is_rejected(location: str) -> None:
    with pytest.raises(JobFailedError, match="is not an s3://BUCKET/KEY location"):
        split_location(location)
