"""A new role is given time; an older one is not waited for."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local_aws.testing.manual_clock import ManualClock
from scripts.provision.new_role import wait


@pytest.fixture
def iam() -> Any:
    with mock_aws():
        client = boto3.client("iam", region_name="us-east-1")
        client.create_role(RoleName="personalize", AssumeRolePolicyDocument="{}")
        yield client


@pytest.mark.parametrize(("age", "waited"), [(0, 20), (15, 5), (20, 0), (3600, 0), (-600, 20)])
def test_given_a_role_then_it_is_waited_for_until_it_has_its_age(iam: Any, age: int, waited: int) -> None:
    clock = ManualClock()
    created = iam.get_role(RoleName="personalize")["Role"]["CreateDate"]
    wait(iam, "personalize", 20, clock=lambda: created.timestamp() + age, sleep=clock.sleep)
    assert sum(clock.pauses) == waited


def test_given_no_waiting_time_then_nothing_is_waited_for(iam: Any) -> None:
    clock = ManualClock()
    wait(iam, "personalize", 0, clock=lambda: datetime.now(UTC).timestamp(), sleep=clock.sleep)
    assert clock.pauses == []
