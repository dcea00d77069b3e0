"""Run a named query on the raw events and print its answer as a table. Without a name, list the queries.

A query about one visitor takes the id as it is, for example `make query NAME=user_history USER=12345 ENV=dev`. Other
parameters, in ARGS, take the place of the query's question marks, in order, as text.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from rich.markup import escape

from scripts.common.task import TaskError, run_task
from scripts.common.terminal import Progress, console, plural, print_table, running
from scripts.operate.deployment import Deployment, argument_parser, connect

if TYPE_CHECKING:
    from types_boto3_athena import AthenaClient
    from types_boto3_athena.type_defs import QueryExecutionTypeDef, StartQueryExecutionInputTypeDef

UNDER_WAY = ("QUEUED", "RUNNING")
POLL_SECONDS = 0.5


@dataclass(frozen=True)
class NamedQuery:
    """A query that Terraform published."""

    name: str
    description: str
    database: str
    sql: str

    @property
    def parameters(self) -> int:
        """The number of question marks that need a value; those in comments and in quotes do not."""
        code = "\n".join(line.partition("--")[0] for line in self.sql.splitlines())
        return "".join(code.split("'")[::2]).count("?")  # every second piece is inside quotes


class Athena:
    """One workgroup of Amazon Athena; `sleep` can be replaced, so that a test does not wait."""

    def __init__(self, client: AthenaClient, workgroup: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._workgroup, self._sleep = client, workgroup, sleep

    def list_queries(self) -> dict[str, NamedQuery]:
        """Return the workgroup's named queries by name."""
        pages = self._client.get_paginator("list_named_queries").paginate(WorkGroup=self._workgroup)
        queries = [self._get_query(query_id) for page in pages for query_id in page["NamedQueryIds"]]
        return {query.name: query for query in sorted(queries, key=lambda query: query.name)}

    def _get_query(self, query_id: str) -> NamedQuery:
        query = self._client.get_named_query(NamedQueryId=query_id)["NamedQuery"]
        return NamedQuery(query["Name"], query.get("Description", ""), query["Database"], query["QueryString"])

    def run(self, query: NamedQuery, parameters: Sequence[str], progress: Progress) -> str:
        """Run a query to its end; return the id of its execution.

        Raises:
            TaskError: The query fails. The message has Athena's reason.
        """
        execution_id = self._start(query, parameters)
        execution = self._wait(execution_id, progress)
        status = execution["Status"]
        if status["State"] != "SUCCEEDED":
            raise TaskError(f"{query.name} {status['State']}: {status.get('StateChangeReason', 'no reason given')}")
        scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
        progress.note = f"{scanned / 1e6:,.1f} MB read"
        return execution_id

    def _start(self, query: NamedQuery, parameters: Sequence[str]) -> str:
        request: StartQueryExecutionInputTypeDef = {
            "QueryString": query.sql,
            "QueryExecutionContext": {"Database": query.database},
            "WorkGroup": self._workgroup,
        }
        if parameters:  # Athena takes no empty list
            request["ExecutionParameters"] = [quote(value) for value in parameters]
        return self._client.start_query_execution(**request)["QueryExecutionId"]

    def _wait(self, execution_id: str, progress: Progress) -> QueryExecutionTypeDef:
        """Return the execution once it has ended."""
        while True:
            execution = self._client.get_query_execution(QueryExecutionId=execution_id)["QueryExecution"]
            state = execution["Status"]["State"]
            if state not in UNDER_WAY:
                return execution
            progress.update(state.lower())
            self._sleep(POLL_SECONDS)

    def read_rows(self, execution_id: str) -> Iterator[list[str]]:
        """Yield the rows of the answer; the first one has the column names."""
        pages = self._client.get_paginator("get_query_results").paginate(QueryExecutionId=execution_id)
        for page in pages:
            for row in page["ResultSet"]["Rows"]:
                yield [cell.get("VarCharValue", "") for cell in row["Data"]]


def quote(value: str) -> str:
    """Return a parameter as an SQL string, whatever characters it has."""
    return "'" + value.replace("'", "''") + "'"


def print_queries(deployment: Deployment) -> None:
    """Print the named queries."""
    queries = connect_athena(deployment).list_queries().values()
    rows = [(query.name, query.parameters or "", escape(query.description)) for query in queries]
    print_table(f"Queries of {deployment.environment}", ["name", "parameters", "what it answers"], rows)


def print_answer(deployment: Deployment, name: str, parameters: Sequence[str], limit: int) -> None:
    """Run the query `name` and print at most `limit` rows.

    Raises:
        TaskError: There is no such query, it takes another number of parameters, or it fails.
    """
    athena = connect_athena(deployment)
    query = _choose(athena.list_queries(), name, parameters)
    with running(f"Running {name}") as progress:
        execution_id = athena.run(query, parameters, progress)
    rows = athena.read_rows(execution_id)
    header = next(rows, [])
    shown = list(islice(rows, limit))
    # With the parameters, so that a reader sees what was asked.
    title = escape(" ".join([query.description, *map(repr, parameters)]))
    if not shown:
        console.print(f"{title}: no rows.")
        return
    print_table(title, header, [[escape(cell) for cell in row] for row in shown])
    if next(rows, None) is not None:
        console.print(f"Only the first {limit:,} rows are shown (--limit shows more).")


def connect_athena(deployment: Deployment) -> Athena:
    """Return the workgroup of an environment."""
    return Athena(deployment.aws.client("athena"), deployment.name("athena-workgroup"))


def _choose(queries: dict[str, NamedQuery], name: str, parameters: Sequence[str]) -> NamedQuery:
    query = queries.get(name.replace("-", "_")) or queries.get(name)
    if query is None:
        raise TaskError(f"there is no query {name!r}; there are {', '.join(queries) or 'none'}")
    if len(parameters) != query.parameters:
        raise TaskError(
            f"{name} takes {plural(query.parameters, 'parameter')}, not {len(parameters)}: {query.description} "
            f"(An id with spaces, quotes or a leading dash is given as USER='…', not in ARGS.)"
        )
    return query


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("query", __doc__)
    parser.add_argument("name", nargs="?", help="which query; without it the queries are listed")
    parser.add_argument("parameters", nargs="*", help="values for its question marks")
    parser.add_argument("--user", metavar="ID", help="the first parameter, taken as it is")
    parser.add_argument("--limit", type=int, default=100, help="rows to show (default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.name is None:
        return run_task(lambda: print_queries(connect(given.environment)))
    parameters = given.parameters if given.user is None else [given.user, *given.parameters]
    return run_task(lambda: print_answer(connect(given.environment), given.name, parameters, given.limit))


if __name__ == "__main__":
    sys.exit(main())
