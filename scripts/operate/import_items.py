"""Import the items dataset of Amazon Personalize again: the seed's items.csv, and the groups that came later.

Terraform imports items.csv once. After a change of it, apply (which uploads it) and run this. The import replaces what
was imported in bulk before; groups that publish_pets has put one by one stay. The file that is imported has, for each
group that the catalogue of pets knows, how many of its pets can be adopted and how long one of these has waited.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from animal_recommender.animal_groups import parse_group_id
from animal_recommender.pets.pet_table import GROUPS
from animal_recommender.retraining.resource_status import ACTIVE
from scripts.common.personalize import IN_USE, LIMIT_EXCEEDED, Poll, failure
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, plural, running
from scripts.operate.deployment import Deployment, argument_parser, connect

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import DatasetImportJobTypeDef

SEED_KEY = "seed/items.csv"
_FOLDER = "imports"
Row = Mapping[str, str]


def import_items(deployment: Deployment, now: datetime, poll: Poll) -> int:
    """Import the items and wait for the end; return how many there are.

    Raises:
        TaskError: The import failed. The message has the service's failureReason.
    """
    dataset_arn = deployment.name("dataset-group-arn").replace(":dataset-group/", ":dataset/") + "/ITEMS"
    columns = _columns(deployment, dataset_arn)
    rows = merge(_seed_rows(deployment), dict(_known_groups(deployment)))
    name = f"{deployment.prefix}-items-{now:%Y%m%d-%H%M%S}"
    key = f"{_FOLDER}/{name}.csv"
    bucket = deployment.name("seed-bucket")
    body = to_csv(rows, columns)
    deployment.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    job = _run_job(deployment, dataset_arn, name, f"s3://{bucket}/{key}", poll)
    if job["status"] != ACTIVE:
        raise failure(f"the import of s3://{bucket}/{key}", job)
    return len(rows)


def merge(seed: Mapping[str, Row], known: Mapping[str, Row]) -> dict[str, Row]:
    """Return the rows of all groups by id: what the seed says, and beside it what the catalogue knows."""
    return {group: {**known.get(group, {}), **seed.get(group, {})} for group in sorted({**seed, **known})}


def to_csv(rows: Mapping[str, Row], columns: Sequence[str]) -> bytes:
    """Return the CSV file with the columns of the schema, in their order."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "ITEM_ID": group} for group, row in rows.items())
    return out.getvalue().encode()


def _columns(deployment: Deployment, dataset_arn: str) -> list[str]:
    personalize = deployment.aws.client("personalize")
    schema_arn = personalize.describe_dataset(datasetArn=dataset_arn)["dataset"]["schemaArn"]
    schema = json.loads(personalize.describe_schema(schemaArn=schema_arn)["schema"]["schema"])
    return [field["name"] for field in schema["fields"]]


def _seed_rows(deployment: Deployment) -> dict[str, Row]:
    response = deployment.aws.client("s3").get_object(Bucket=deployment.name("seed-bucket"), Key=SEED_KEY)
    text = response["Body"].read().decode("utf-8-sig")
    return {row["ITEM_ID"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def _known_groups(deployment: Deployment) -> Iterator[tuple[str, Row]]:
    """Yield the groups that publish_pets knows, with what it has told Personalize of them."""
    pages = deployment.aws.client("dynamodb").get_paginator("query")
    values = {":pk": {"S": GROUPS}}
    for page in pages.paginate(
        TableName=deployment.name("pets-table"),
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=values,
    ):
        yield from ((item["sk"]["S"], _row(item)) for item in page["Items"])


def _row(item: Mapping[str, Any]) -> Row:
    derived = {name.upper(): value for name, value in parse_group_id(item["sk"]["S"]).items()}
    sent = {name: value["N"] for name, value in item.get("sent", {"M": {}})["M"].items()}
    return {**derived, "CREATION_TIMESTAMP": item["creationTime"]["N"], **sent}


def _run_job(deployment: Deployment, dataset_arn: str, name: str, source: str, poll: Poll) -> DatasetImportJobTypeDef:
    personalize = deployment.aws.client("personalize")
    arn = poll.retry_while_refused(
        f"importing {source}",
        lambda: personalize.create_dataset_import_job(
            jobName=name,
            datasetArn=dataset_arn,
            dataSource={"dataLocation": source},
            roleArn=deployment.name("personalize-role-arn"),
            importMode="FULL",
        ),
        {IN_USE, LIMIT_EXCEEDED},
    )["datasetImportJobArn"]
    job = poll.wait_until_settled(
        f"import {name}",
        lambda: personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"],
    )
    if job is None:
        raise TaskError(f"{arn} was deleted meanwhile")
    return job


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    given = argument_parser("import_items", __doc__).parse_args(arguments)

    def run() -> None:
        deployment = connect(given.environment)
        with running("Importing items"):
            count = import_items(deployment, datetime.now(UTC), Poll())
        console.print(f"{plural(count, 'item')} imported")

    return run_task(run)


if __name__ == "__main__":
    sys.exit(main())
