"""Import a file of the seed bucket into a dataset (`create`), or wait until no import is under way (`wait`).

`create` imports at most once: it keeps an import that is ACTIVE, waits for one that is under way, and replaces one that
failed. A dataset can be deleted only after `wait`.

Environment of both: DATASET_ARN. Also of `create`: IMPORT_SOURCE (s3://bucket/key of the CSV file) and IMPORT_ROLE_ARN
(the role with which Personalize reads the file).
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from animal_recommender.retraining.resource_status import ACTIVE, UNDER_WAY
from scripts.common.personalize import IN_USE, LIMIT_EXCEEDED, RETRYING, Poll, failure, find
from scripts.common.task import TaskError
from scripts.provision import inputs
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import DatasetImportJobSummaryTypeDef, DatasetImportJobTypeDef


def create(personalize: "PersonalizeClient", dataset_arn: str, source: str, role_arn: str, poll: Poll) -> None:
    """Import `source` (s3://…) into the dataset unless an import has succeeded or is under way; wait for its end.

    Raises:
        TaskError: The import failed. The message has the service's failureReason.
    """
    job = poll.retry_while_role_not_ready(
        f"importing {source}", lambda: _import(personalize, dataset_arn, source, role_arn, poll)
    )
    if job is None:
        raise TaskError(f"{dataset_arn} was deleted while {source} was imported")
    if job["status"] != ACTIVE:
        raise failure(f"the import of {source}", job)


def _import(
    personalize: "PersonalizeClient", dataset_arn: str, source: str, role_arn: str, poll: Poll
) -> "DatasetImportJobTypeDef | None":
    """Find an import that succeeded or is under way, or start one; return it at its end."""
    jobs = _list_jobs(personalize, dataset_arn)
    arn = next((job["datasetImportJobArn"] for job in jobs if job["status"] in UNDER_WAY | {ACTIVE}), None)
    if arn is None:
        name = f"{_name(dataset_arn)}-seed-{len(jobs) + 1}"
        # At most five imports of a region may be pending: https://docs.aws.amazon.com/personalize/latest/dg/limits.html
        arn = poll.retry_while_refused(
            f"importing {source}",
            lambda: personalize.create_dataset_import_job(
                jobName=name, datasetArn=dataset_arn, dataSource={"dataLocation": source}, roleArn=role_arn
            ),
            {IN_USE, LIMIT_EXCEEDED},
        )["datasetImportJobArn"]
    return _wait_until_settled(personalize, arn, poll)


def wait(personalize: "PersonalizeClient", dataset_arn: str, poll: Poll) -> None:
    """Wait until every import into the dataset has ended, good or bad. Return at once if there is no such dataset."""
    for job in _list_jobs(personalize, dataset_arn):
        _wait_until_settled(personalize, job["datasetImportJobArn"], poll)


def _list_jobs(personalize: "PersonalizeClient", dataset_arn: str) -> "list[DatasetImportJobSummaryTypeDef]":
    """Return summaries of all imports into the dataset; none if there is no such dataset."""
    # ListDatasetImportJobs of a dataset that is gone is an InvalidInputException, which says little.
    if find(lambda: personalize.describe_dataset(datasetArn=dataset_arn)) is None:
        return []
    pages = personalize.get_paginator("list_dataset_import_jobs").paginate(datasetArn=dataset_arn)
    return [job for page in pages for job in page["datasetImportJobs"]]


def _wait_until_settled(personalize: "PersonalizeClient", job_arn: str, poll: Poll) -> "DatasetImportJobTypeDef | None":
    def describe() -> "DatasetImportJobTypeDef | None":
        return find(lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"])

    return poll.wait_until_settled(f"import {job_arn.rpartition('/')[2]}", describe)


def _name(dataset_arn: str) -> str:
    """Return `dev-animal-recommender-items` for `…:dataset/dev-animal-recommender/ITEMS`."""
    group, kind = dataset_arn.split("/")[-2:]
    return f"{group}-{kind.lower()}"


@dataclass(frozen=True, kw_only=True)
class WaitInputs(inputs.PollInputs):
    """The environment of `wait`."""

    dataset_arn: str


@dataclass(frozen=True, kw_only=True)
class CreateInputs(WaitInputs):
    """The environment of `create`."""

    import_source: str
    import_role_arn: str


def _run_create() -> None:
    given = inputs.read(CreateInputs)
    create(
        boto3.client("personalize", config=RETRYING),
        given.dataset_arn,
        given.import_source,
        given.import_role_arn,
        given.poll(),
    )


def _run_wait() -> None:
    given = inputs.read(WaitInputs)
    wait(boto3.client("personalize", config=RETRYING), given.dataset_arn, given.poll())


if __name__ == "__main__":
    sys.exit(run_action("seed_import", __doc__, {"create": _run_create, "wait": _run_wait}))
