"""Change the schema of a dataset to one that has more fields (`update`). Its data stay.

The registry's type AWS::Personalize::Dataset cannot do this: another SchemaArn there means another dataset. New fields
must allow null: https://docs.aws.amazon.com/personalize/latest/dg/updating-dataset-schema.html

Environment: DATASET_ARN, SCHEMA_ARN.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import RETRYING, Poll, failure
from scripts.common.task import TaskError
from scripts.provision import inputs
from scripts.provision.command import run_action

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import DatasetTypeDef

_UPDATE = "latestDatasetUpdate"


def update(personalize: "PersonalizeClient", dataset_arn: str, schema_arn: str, poll: Poll) -> None:
    """Give the dataset the schema, unless it has it; wait until it has it.

    An update that is under way is waited for first, so the command can be run again at any time.

    Raises:
        TaskError: The update failed. The message has the service's failureReason.
    """
    if _wait_until_updated(personalize, dataset_arn, poll)["schemaArn"] == schema_arn:
        return
    poll.retry_while_refused(
        f"changing the schema of {_label(dataset_arn)}",
        lambda: personalize.update_dataset(datasetArn=dataset_arn, schemaArn=schema_arn),
    )
    dataset = _wait_until_updated(personalize, dataset_arn, poll)
    if dataset["schemaArn"] != schema_arn:
        raise failure(f"the change of the schema of {_label(dataset_arn)}", dataset["latestDatasetUpdate"])


def _wait_until_updated(personalize: "PersonalizeClient", dataset_arn: str, poll: Poll) -> "DatasetTypeDef":
    dataset = poll.wait_until_updated(
        _label(dataset_arn), lambda: personalize.describe_dataset(datasetArn=dataset_arn)["dataset"], _UPDATE
    )
    if dataset is None or dataset["status"] != ACTIVE:
        raise TaskError(f"{dataset_arn} is not ACTIVE")
    return dataset


def _label(dataset_arn: str) -> str:
    return f"dataset {dataset_arn.rpartition('/')[2]}"


@dataclass(frozen=True, kw_only=True)
class Inputs(inputs.PollInputs):
    """The environment."""

    dataset_arn: str
    schema_arn: str


def _run_update() -> None:
    given = inputs.read(Inputs)
    update(boto3.client("personalize", config=RETRYING), given.dataset_arn, given.schema_arn, given.poll())


if __name__ == "__main__":
    sys.exit(run_action("dataset_schema", __doc__, {"update": _run_update}))
