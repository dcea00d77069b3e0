"""A deletion job is found again by its name, however many jobs there are."""

import pytest
from botocore.exceptions import ClientError

from local_aws.personalize.resource_types import DATA_DELETION_JOB
from local_aws.testing.personalize_account import personalize_account
from scripts.operate.forget_user.deletion_job import DeletionJobs

ROLE = "arn:aws:iam::123456789012:role/personalize"


@pytest.fixture
def account():
    with personalize_account() as made:
        yield made


def jobs_of(account):
    return DeletionJobs(account.client(), account.group_arn, ROLE, account.clock.sleep)


def add_job(account, name, status="COMPLETED"):
    return account.add(DATA_DELETION_JOB, name, status, jobName=name, datasetGroupArn=account.group_arn)


def test_given_more_jobs_than_a_page_when_one_is_started_again_then_it_is_found(account):
    arns = [add_job(account, f"forget-{number}") for number in range(101)]
    jobs = jobs_of(account)
    assert {jobs.start(f"forget-{number}", "s3://seed/users.csv") for number in (0, 100)} == {arns[0], arns[100]}
    assert account.changes == []


def test_given_other_work_on_the_data_when_a_job_is_started_then_it_is_asked_for_again(account):
    account.refuse_next("CreateDataDeletionJob", "ResourceInUseException", times=2)
    assert jobs_of(account).start("forget-1", "s3://seed/users.csv").endswith("/forget-1")
    assert account.clock.pauses == [30, 30]


def test_given_another_refusal_when_a_job_is_started_then_it_is_raised(account):
    account.refuse_next("CreateDataDeletionJob", "InvalidInputException")
    with pytest.raises(ClientError, match="InvalidInputException"):
        jobs_of(account).start("forget-1", "s3://seed/users.csv")


@pytest.mark.parametrize(("status", "failed"), [("COMPLETED", False), ("FAILED", True)])
def test_given_a_job_then_it_has_failed_only_if_it_is_failed(account, status, failed):
    add_job(account, "forget-1", status)
    assert jobs_of(account).has_failed("forget-1") is failed
    assert not jobs_of(account).has_failed("forget-2")
