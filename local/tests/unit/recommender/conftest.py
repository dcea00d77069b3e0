"""Interactions that the tests of several modules use."""

import pytest

from local_aws.recommender import Interactions


@pytest.fixture(scope="session")
def interactions() -> Interactions:
    """40 users with 20 events each, on 17 items."""
    rows = [(f"u{u:02}", f"i{(u + k * k) % 17:02}", float(100 * u + k)) for u in range(40) for k in range(20)]
    return Interactions(*map(list, zip(*rows, strict=True)))
