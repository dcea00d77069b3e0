"""A function that does what its event says."""

import pytest

from local_aws.testing.functions import ECHO
from local_aws.testing.server import LocalAws


@pytest.fixture(scope="module")
def echo(aws: LocalAws) -> str:
    return aws.create_function(ECHO, Timeout=2)
