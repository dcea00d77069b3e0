"""The configuration of AWS clients."""

import pytest
from botocore.config import Config

from scripts.common.clients import AwsClients


@pytest.mark.parametrize(("read_timeout", "expected"), [(None, 20), (900, 900)])
def test_given_a_longer_read_timeout_then_it_alone_replaces_the_configured_one(read_timeout, expected):
    clients = AwsClients(Config(read_timeout=20, retries={"total_max_attempts": 3}), "eu-west-1")
    client = clients.client("lambda", read_timeout=read_timeout)
    assert client.meta.region_name == "eu-west-1"
    assert client.meta.config.read_timeout == expected
    assert client.meta.config.retries["total_max_attempts"] == 3
