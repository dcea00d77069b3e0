"""Imports a file of the seed bucket into a dataset, once (`create`); or waits until no import is under way (`wait`).

`create` imports at most once: an import that is ACTIVE is good, one under way is waited for, one that failed is made
anew. A dataset can be deleted only after `wait`.
"""

import argparse
import sys
from typing import Any

from scripts.common.personalize import (
    ACTIVE,
    UNDER_WAY,
    Poll,
    Resource,
    TaskError,
    add_poll_arguments,
    client,
    failure,
    found,
    listed,
    poll,
    run,
)


def create(personalize: Any, dataset_arn: str, source: str, role_arn: str, poll: Poll) -> None:
    """Leaves the dataset with the data of `source` (s3://…). Raises TaskError with the failureReason of what failed."""
    jobs = _jobs(personalize, dataset_arn)
    arn = next((job["datasetImportJobArn"] for job in jobs if job["status"] in (ACTIVE, *UNDER_WAY)), None)
    if arn is None:
        request = {
            "jobName": f"{_name(dataset_arn)}-seed-{len(jobs) + 1}",
            "datasetArn": dataset_arn,
            "dataSource": {"dataLocation": source},
            "roleArn": role_arn,
        }
        answer = poll.accepted(f"importing {source}", lambda: personalize.create_dataset_import_job(**request))
        arn = answer["datasetImportJobArn"]
    job = _settled(personalize, arn, poll)
    if job is None:
        raise TaskError(f"{dataset_arn} was deleted while {source} was imported")
    if job["status"] != ACTIVE:
        raise failure(f"the import of {source}", job)


def wait(personalize: Any, dataset_arn: str, poll: Poll) -> None:
    """Waits for the end, good or bad, of every import; good too if there is no such dataset."""
    for job in _jobs(personalize, dataset_arn):
        _settled(personalize, job["datasetImportJobArn"], poll)


def _jobs(personalize: Any, dataset_arn: str) -> list[Resource]:
    """Summaries of all imports into the dataset; none if there is no such dataset."""
    pages = personalize.get_paginator("list_dataset_import_jobs").paginate(datasetArn=dataset_arn)
    return listed(pages, "datasetImportJobs")


def _settled(personalize: Any, job_arn: str, poll: Poll) -> Resource | None:
    def describe() -> Resource | None:
        return found(lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"])

    return poll.settled(f"import {job_arn.rpartition('/')[2]}", describe)


def _name(dataset_arn: str) -> str:
    """`dev-animal-recommender-items` of `…:dataset/dev-animal-recommender/ITEMS`."""
    group, kind = dataset_arn.split("/")[-2:]
    return f"{group}-{kind.lower()}"


def main() -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    creating = actions.add_parser("create", help="make sure that the data is imported")
    creating.add_argument("--source", required=True, help="s3://bucket/key of the CSV file")
    creating.add_argument("--role-arn", required=True, help="with which Personalize reads it")
    for action in (creating, actions.add_parser("wait", help="wait until no import is under way")):
        action.add_argument("--dataset-arn", required=True)
        add_poll_arguments(action)
    given = parser.parse_args()
    return run(lambda: _act(given))


def _act(given: argparse.Namespace) -> None:
    if given.action == "create":
        create(client(), given.dataset_arn, given.source, given.role_arn, poll(given))
    else:
        wait(client(), given.dataset_arn, poll(given))


if __name__ == "__main__":
    sys.exit(main())
