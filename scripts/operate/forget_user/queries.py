"""Athena's query history: it names a person whom somebody asked about, and it cannot be deleted.

Athena keeps it for 45 days (https://docs.aws.amazon.com/athena/latest/APIReference/API_ListQueryExecutions.html). The
answers are files, which are deleted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from scripts.operate.forget_user.person import SHORTEST_WORD, Person
from scripts.operate.query import quote

if TYPE_CHECKING:
    from types_boto3_athena import AthenaClient
    from types_boto3_athena.type_defs import QueryExecutionTypeDef

_KEPT = timedelta(days=45)


class Query(NamedTuple):
    """A query that names the person: its id, which is also the name of its answer, and when Athena forgets it."""

    execution_id: str
    until: datetime


def find_queries(athena: AthenaClient, workgroup: str, person: Person) -> list[Query]:
    """Return the queries of a workgroup whose text or parameters name the person."""
    pages = athena.get_paginator("list_query_executions").paginate(WorkGroup=workgroup)
    ids = (execution_id for page in pages for execution_id in page["QueryExecutionIds"])
    executions = (athena.get_query_execution(QueryExecutionId=one)["QueryExecution"] for one in ids)
    return [
        Query(execution["QueryExecutionId"], execution["Status"]["SubmissionDateTime"] + _KEPT)
        for execution in executions
        if _names(execution, person)
    ]


def _names(execution: QueryExecutionTypeDef, person: Person) -> bool:
    literal, text = quote(person.user), execution.get("Query", "")
    if {literal, person.user} & set(execution.get("ExecutionParameters", [])) or literal in text:
        return True
    return len(person.user) >= SHORTEST_WORD and person.is_word_of(text)
