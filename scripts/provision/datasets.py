"""Delete every dataset that is left in a dataset group (`delete`).

Amazon Personalize makes some datasets itself, such as EVENT_INTERACTIONS with an event tracker. Terraform does not know
them, and a dataset group with datasets cannot be deleted.

Environment: DATASET_GROUP_ARN.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from scripts.common.personalize import RETRYING, Poll, find
from scripts.provision import inputs, seed_import
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import DatasetTypeDef


def delete(personalize: "PersonalizeClient", dataset_group_arn: str, poll: Poll) -> None:
    """Delete the group's datasets and wait until they are gone. Do nothing if there is no such group."""
    for arn in _list_datasets(personalize, dataset_group_arn):
        seed_import.wait(personalize, arn, poll)
        _delete_dataset(personalize, arn, poll)


def _list_datasets(personalize: "PersonalizeClient", dataset_group_arn: str) -> list[str]:
    # ListDatasets of a group that is gone is an InvalidInputException, which says little.
    if find(lambda: personalize.describe_dataset_group(datasetGroupArn=dataset_group_arn)) is None:
        return []
    pages = personalize.get_paginator("list_datasets").paginate(datasetGroupArn=dataset_group_arn)
    return [dataset["datasetArn"] for page in pages for dataset in page["datasets"]]


def _delete_dataset(personalize: "PersonalizeClient", dataset_arn: str, poll: Poll) -> None:
    label = f"dataset {dataset_arn.rpartition('/')[2]}"
    poll.retry_while_refused(
        f"deleting {label}", lambda: find(lambda: personalize.delete_dataset(datasetArn=dataset_arn))
    )
    poll.wait_until(label, lambda: _describe(personalize, dataset_arn), lambda dataset: dataset is None)


def _describe(personalize: "PersonalizeClient", dataset_arn: str) -> "DatasetTypeDef | None":
    return find(lambda: personalize.describe_dataset(datasetArn=dataset_arn)["dataset"])


@dataclass(frozen=True, kw_only=True)
class Inputs(inputs.PollInputs):
    """The environment."""

    dataset_group_arn: str


def _run_delete() -> None:
    given = inputs.read(Inputs)
    delete(boto3.client("personalize", config=RETRYING), given.dataset_group_arn, given.poll())


if __name__ == "__main__":
    sys.exit(run_action("datasets", __doc__, {"delete": _run_delete}))
