"""An account with Amazon Personalize in this process, and polling that waits by the account's clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from local_aws.testing.personalize_account import PersonalizeAccount, personalize_account
from scripts.common.personalize import Poll

PREFIX = "arn:aws:personalize:us-east-1:123456789012"


@pytest.fixture
def account() -> Iterator[PersonalizeAccount]:
    """An account with a dataset group that can be trained on."""
    with personalize_account() as made:
        yield made


@pytest.fixture
def personalize(account: PersonalizeAccount) -> Any:
    """The account's client."""
    return account.client()


@pytest.fixture
def lines() -> list[str]:
    """What the poll has printed."""
    return []


@pytest.fixture
def poll(account: PersonalizeAccount, lines: list[str]) -> Poll:
    """A Poll that moves the account's clock in place of waiting."""
    return Poll(sleep=account.clock.sleep, clock=account.clock, say=lines.append)


def add_versions(account: PersonalizeAccount, solution_arn: str, *statuses: str, **members: Any) -> list[str]:
    """Add a version in each of the statuses, each of them newer than the one before; return their ARNs."""
    return [
        account.add_version(solution_arn, status, creationDateTime=datetime(2023, 1, day, tzinfo=UTC), **members)
        for day, status in enumerate(statuses, start=1)
    ]


def calls(account: PersonalizeAccount) -> list[str]:
    """Return the names of the calls that were meant to change something."""
    return [operation for operation, _ in account.changes]
