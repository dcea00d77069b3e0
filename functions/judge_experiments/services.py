"""The AWS clients of the function, and the queries that it runs."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types_boto3_athena import AthenaClient
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_ssm import SSMClient

POLL_SECONDS = 1.0


class Services(NamedTuple):
    """AWS clients. `sleep` takes seconds; a test replaces it."""

    athena: "AthenaClient"
    cloudwatch: "CloudWatchClient"
    s3: "S3Client"
    sns: "SNSClient"
    ssm: "SSMClient"
    sleep: Callable[[float], None] = time.sleep


class QueryError(RuntimeError):
    """A query failed; the text has Athena's reason."""


def run_query(services: Services, workgroup: str, query_id: str, parameters: Sequence[str]) -> Iterator[list[str]]:
    """Run a named query to its end and yield the rows of its answer as text, without the header; null is empty.

    Raises:
        QueryError: The query fails.
    """
    athena = services.athena
    query = athena.get_named_query(NamedQueryId=query_id)["NamedQuery"]
    execution = athena.start_query_execution(
        QueryString=query["QueryString"],
        QueryExecutionContext={"Database": query["Database"]},
        WorkGroup=workgroup,
        ExecutionParameters=["'" + value.replace("'", "''") + "'" for value in parameters],
    )["QueryExecutionId"]
    _wait(services, execution, query["Name"])
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
    rows = (row for page in pages for row in page["ResultSet"]["Rows"])
    next(rows, None)
    return ([cell.get("VarCharValue", "") for cell in row["Data"]] for row in rows)


def _wait(services: Services, execution: str, name: str) -> None:
    while True:
        status = services.athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        if status["State"] == "SUCCEEDED":
            return
        if status["State"] not in ("QUEUED", "RUNNING"):
            raise QueryError(f"{name} {status['State']}: {status.get('StateChangeReason', 'no reason given')}")
        services.sleep(POLL_SECONDS)
