"""A small local AWS for these tests."""

from collections.abc import Iterator

import pytest

from local_aws.testing.personalize_only import LocalAws, serving


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with serving() as aws:
        yield aws
