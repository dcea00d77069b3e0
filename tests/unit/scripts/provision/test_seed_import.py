"""The seed is imported once, whatever an earlier run left; and a dataset waits for its imports."""

from typing import Any

import pytest

from local_aws.personalize.resource_types import DATASET_IMPORT_JOB
from local_aws.testing.in_process import ROLE
from local_aws.testing.personalize_account import PersonalizeAccount
from scripts.common.personalize import Poll
from scripts.common.task import TaskError
from scripts.provision.seed_import import create, wait
from tests.unit.scripts.provision.conftest import PREFIX

DATASET = f"{PREFIX}:dataset/test/INTERACTIONS"
SOURCE = "s3://seed/interactions.csv"


def imports(personalize: Any) -> list[str]:
    """The statuses of all imports, oldest first."""
    jobs = personalize.list_dataset_import_jobs(datasetArn=DATASET)["datasetImportJobs"]
    return [job["status"] for job in sorted(jobs, key=lambda job: job["creationDateTime"])]


def test_given_an_empty_dataset_when_imported_then_the_file_is_read_with_the_role(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    create(personalize, DATASET, SOURCE, ROLE, poll)
    (arn,) = account.arns(DATASET_IMPORT_JOB)
    job = personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
    assert (job["status"], job["jobName"]) == ("ACTIVE", "test-interactions-seed-1")
    assert (job["dataSource"], job["roleArn"], job["datasetArn"]) == ({"dataLocation": SOURCE}, ROLE, DATASET)


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"])
def test_given_an_import_of_an_interrupted_run_when_imported_then_it_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll, status: str
) -> None:
    account.add_import(status)
    create(personalize, DATASET, SOURCE, ROLE, poll)
    assert imports(personalize) == ["ACTIVE"]


def test_given_a_failed_import_when_imported_then_another_is_made_under_a_name_of_its_own(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    account.add_import("CREATE FAILED", failureReason="no ITEM_ID")
    account.clock.sleep(1)
    create(personalize, DATASET, SOURCE, ROLE, poll)
    assert imports(personalize) == ["CREATE FAILED", "ACTIVE"]
    assert account.arns(DATASET_IMPORT_JOB)[1].endswith("/test-interactions-seed-2")


def test_given_a_role_that_is_not_known_yet_then_the_import_is_made_again(
    account: PersonalizeAccount, personalize: Any, poll: Poll, lines: list[str]
) -> None:
    account.fail_next("CreateDatasetImportJob", "The role r cannot be assumed.")
    create(personalize, DATASET, SOURCE, ROLE, poll)
    assert sorted(imports(personalize)) == ["ACTIVE", "CREATE FAILED"]
    assert any("again, because of: The role r cannot be assumed." in line for line in lines)


def test_given_five_pending_imports_in_the_region_then_this_one_waits(
    account: PersonalizeAccount, personalize: Any, poll: Poll, lines: list[str]
) -> None:
    account.refuse_next("CreateDatasetImportJob", "LimitExceededException", "5 imports are pending", times=3)
    create(personalize, DATASET, SOURCE, ROLE, poll)
    assert imports(personalize) == ["ACTIVE"]
    assert any("waiting: 5 imports are pending" in line for line in lines)


def test_given_an_import_that_fails_then_its_reason_is_named(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    account.fail_next("CreateDatasetImportJob", "line 3: no ITEM_ID")
    with pytest.raises(TaskError, match=r"interactions\.csv is CREATE FAILED: line 3: no ITEM_ID"):
        create(personalize, DATASET, SOURCE, ROLE, poll)


def test_given_imports_under_way_when_waited_for_then_all_have_ended(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    for number in range(3):
        account.add_import("CREATE PENDING", f"seed-{number}")
    wait(personalize, DATASET, poll)
    assert set(imports(personalize)) == {"ACTIVE"}


def test_given_no_dataset_when_waited_for_then_nothing_is_waited_for(
    account: PersonalizeAccount, personalize: Any, poll: Poll
) -> None:
    wait(personalize, f"{PREFIX}:dataset/gone/ITEMS", poll)
    assert account.clock.pauses == []
