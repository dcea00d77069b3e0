"""Queries that name a person."""

from datetime import timedelta

import boto3
import pytest

from scripts.operate.deployment import Deployment
from scripts.operate.forget_user.person import Person
from scripts.operate.forget_user.queries import find_queries
from scripts.operate.query import quote


def run(sql: str, *parameters: str) -> str:
    request = {"ExecutionParameters": list(parameters)} if parameters else {}
    started = boto3.client("athena").start_query_execution(QueryString=sql, WorkGroup="queries", **request)
    return str(started["QueryExecutionId"])


@pytest.fixture(autouse=True)
def _workgroup(deployment: Deployment) -> None:
    boto3.client("athena").create_work_group(Name="queries")


@pytest.mark.parametrize("user", ["42", "o'neil-77", "auth0|5f7c"])
def test_given_queries_then_those_with_the_id_are_found_until_athena_forgets_them(user: str) -> None:
    mine = {
        run("SELECT * FROM events WHERE userid = ?", quote(user)),
        run(f"SELECT * FROM events WHERE userid = {quote(user)}"),
    }
    run("SELECT 42 FROM events WHERE userid = ?", quote(f"{user}0"))
    run("SELECT * FROM events LIMIT 42")
    athena = boto3.client("athena")
    found = find_queries(athena, "queries", Person(user))
    assert {query.execution_id for query in found} == mine
    execution = athena.get_query_execution(QueryExecutionId=found[0].execution_id)["QueryExecution"]
    assert found[0].until - execution["Status"]["SubmissionDateTime"] == timedelta(days=45)
