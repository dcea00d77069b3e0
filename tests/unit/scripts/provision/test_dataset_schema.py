"""A dataset gets a schema with more fields once, whatever interrupted an earlier attempt."""

import json
from typing import Any

import pytest

from local_aws.personalize.resource_types import DATASET, SCHEMA
from local_aws.testing.in_process import ITEMS, schema
from local_aws.testing.personalize_account import PersonalizeAccount
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.provision.dataset_schema import update
from tests.unit.scripts.provision.conftest import calls

MORE = schema("Items", *json.loads(ITEMS)["fields"], {"name": "AVAILABLE_PETS", "type": ["null", "int"]})


@pytest.fixture
def longer(account: PersonalizeAccount) -> str:
    return account.add(SCHEMA, "longer", name="longer", schema=MORE)


@pytest.fixture
def dataset(account: PersonalizeAccount) -> str:
    schema_arn = account.add(SCHEMA, "items", name="items", schema=ITEMS)
    members = {"datasetGroupArn": account.group_arn, "datasetType": "ITEMS", "schemaArn": schema_arn}
    return account.add(DATASET, "test/ITEMS", "CREATE PENDING", name="items", **members)


def test_given_a_dataset_when_updated_then_it_has_the_schema_at_the_end(
    account: PersonalizeAccount, personalize: Any, poll: Poll, dataset: str, longer: str, lines: list[str]
) -> None:
    update(personalize, dataset, longer, poll)

    assert (account.resource(dataset) or {})["schemaArn"] == longer
    assert calls(account) == ["UpdateDataset"]
    assert any("UPDATE IN_PROGRESS" in line for line in lines)


def test_given_a_dataset_with_the_schema_when_updated_again_then_nothing_is_done(
    account: PersonalizeAccount, personalize: Any, poll: Poll, dataset: str, longer: str
) -> None:
    update(personalize, dataset, longer, poll)
    update(personalize, dataset, longer, poll)

    assert calls(account) == ["UpdateDataset"]


def test_given_an_update_that_an_interrupted_run_began_then_its_end_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll, dataset: str, longer: str
) -> None:
    account.clock.sleep(10)
    personalize.update_dataset(datasetArn=dataset, schemaArn=longer)

    update(personalize, dataset, longer, poll)

    assert (account.resource(dataset) or {})["schemaArn"] == longer
    assert calls(account) == ["UpdateDataset"]


def test_given_a_dataset_in_use_then_the_update_is_tried_again(
    account: PersonalizeAccount, personalize: Any, poll: Poll, dataset: str, longer: str
) -> None:
    account.refuse_next("UpdateDataset", "ResourceInUseException", "an import is under way", times=2)

    update(personalize, dataset, longer, poll)

    assert calls(account) == ["UpdateDataset"] * 3


def test_given_a_failed_dataset_then_the_command_says_so(
    account: PersonalizeAccount, personalize: Any, poll: Poll, longer: str
) -> None:
    members = {"datasetGroupArn": account.group_arn, "datasetType": "ITEMS", "schemaArn": longer}
    failed = account.add(DATASET, "test/ITEMS", "CREATE FAILED", name="items", **members)
    with pytest.raises(TaskError, match="is not ACTIVE"):
        update(personalize, failed, longer, poll)
