"""What the service added to a dataset group is deleted too, and nothing of another group."""

from typing import Any

import pytest

from local_aws.personalize.resource_types import DATASET
from local_aws.testing.personalize_account import PersonalizeAccount
from scripts.common.personalize import Poll
from scripts.provision.datasets import delete
from tests.unit.scripts.provision.conftest import PREFIX, calls

GROUP = f"{PREFIX}:dataset-group/test"


def add_dataset(account: PersonalizeAccount, kind: str, group: str = "test") -> str:
    """Add a dataset without a schema, as the service makes it."""
    arn = f"{PREFIX}:dataset-group/{group}"
    return account.add(DATASET, f"{group}/{kind}", name=kind, datasetType=kind.upper(), datasetGroupArn=arn)


def test_given_a_dataset_that_nobody_made_then_it_is_deleted_with_the_others(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    add_dataset(account, "EVENT_INTERACTIONS")
    of_another = add_dataset(account, "EVENT_INTERACTIONS", "another")
    delete(personalize, GROUP, poll)
    assert account.arns(DATASET) == [of_another]


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS"])
def test_given_an_import_under_way_then_its_end_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll, status: str
) -> None:
    account.add_import(status)
    delete(personalize, GROUP, poll)
    assert account.arns(DATASET) == []


def test_given_a_dataset_in_use_then_deleting_is_tried_again(
    account: PersonalizeAccount, personalize: Any, poll: Poll, lines: list[str]
) -> None:
    account.refuse_next("DeleteDataset", "ResourceInUseException", "it is in use", times=2)
    delete(personalize, GROUP, poll)
    assert account.arns(DATASET) == []
    assert any("waiting: it is in use" in line for line in lines)


def test_given_no_such_group_then_nothing_is_done(account: PersonalizeAccount, personalize: Any, poll: Poll) -> None:
    delete(personalize, f"{PREFIX}:dataset-group/gone", poll)
    assert calls(account) == []
