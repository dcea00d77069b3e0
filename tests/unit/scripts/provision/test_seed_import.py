"""The seed is imported once, whatever an earlier run left; and a dataset waits for its imports."""

import pytest

from scripts.common.task import TaskError
from scripts.provision.seed_import import create, wait
from tests.unit.scripts.provision.fake_personalize import FakePersonalize, make_poll

DATASET = "arn:aws:personalize:us-east-1:123456789012:dataset/test/ITEMS"
SOURCE, ROLE = "s3://seed/items.csv", "arn:aws:iam::123456789012:role/personalize"


@pytest.fixture
def service() -> FakePersonalize:
    return FakePersonalize()


def test_given_an_empty_dataset_when_imported_then_the_file_is_read_with_the_role(service: FakePersonalize) -> None:
    create(service, DATASET, SOURCE, ROLE, make_poll())
    (job,) = service.imports.values()
    assert (job["status"], job["jobName"]) == ("ACTIVE", "test-items-seed-1")
    assert (job["dataSource"], job["roleArn"], job["datasetArn"]) == ({"dataLocation": SOURCE}, ROLE, DATASET)


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"])
def test_given_an_import_of_an_interrupted_run_then_it_is_waited_for(service: FakePersonalize, status: str) -> None:
    service.add_import(status)
    create(service, DATASET, SOURCE, ROLE, make_poll())
    assert [job["status"] for job in service.imports.values()] == ["ACTIVE"]


def test_given_a_failed_import_then_another_is_made_under_a_name_of_its_own(service: FakePersonalize) -> None:
    service.add_import("CREATE FAILED")
    create(service, DATASET, SOURCE, ROLE, make_poll())
    assert [job["status"] for job in service.imports.values()] == ["CREATE FAILED", "ACTIVE"]
    assert list(service.imports)[1].endswith("/test-items-seed-2")


def test_given_an_import_that_fails_then_its_reason_is_named(service: FakePersonalize) -> None:
    service.fail_next = "line 3: no ITEM_ID"
    with pytest.raises(TaskError, match=r"items\.csv is CREATE FAILED: line 3: no ITEM_ID"):
        create(service, DATASET, SOURCE, ROLE, make_poll())


def test_given_imports_under_way_when_waited_for_then_all_have_ended(service: FakePersonalize) -> None:
    for _ in range(3):
        service.add_import("CREATE PENDING")
    wait(service, DATASET, make_poll())
    assert {job["status"] for job in service.imports.values()} == {"ACTIVE"}
    wait(FakePersonalize(), DATASET, make_poll())
