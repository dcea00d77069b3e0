"""Runs a named query on the raw events and prints its answer as a table; without a name, lists the queries.

Parameters take the place of the query's question marks, in order, as text,
for example `python -m scripts.operate.query --environment dev user_history 12345`.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rich.markup import escape

from scripts.common.deployment import Deployment, parser, run
from scripts.common.task import TaskError
from scripts.common.terminal import Progress, console, running, table

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
        """How many question marks wait for a value."""
        code = "\n".join(line.partition("--")[0] for line in self.sql.splitlines())
        return "".join(code.split("'")[::2]).count("?")  # every second piece is inside quotes


class Athena:
    """One workgroup of Amazon Athena; `sleep` may be replaced, so that a test does not wait."""

    def __init__(self, client: Any, workgroup: str, sleep: Any = time.sleep) -> None:
        self._client, self._workgroup, self._sleep = client, workgroup, sleep

    def queries(self) -> dict[str, NamedQuery]:
        """The workgroup's named queries by name."""
        pages = self._client.get_paginator("list_named_queries").paginate(WorkGroup=self._workgroup)
        found = {}
        for query_id in (query_id for page in pages for query_id in page["NamedQueryIds"]):
            one = self._client.get_named_query(NamedQueryId=query_id)["NamedQuery"]
            text = one.get("Description", "")
            found[one["Name"]] = NamedQuery(one["Name"], text, one["Database"], one["QueryString"])
        return dict(sorted(found.items()))

    def run(self, query: NamedQuery, parameters: Sequence[str], progress: Progress) -> str:
        """Runs a query to its end; its execution's id. Raises TaskError with Athena's reason if it fails."""
        request: dict[str, Any] = {"ExecutionParameters": [quoted(value) for value in parameters]} if parameters else {}
        execution = self._client.start_query_execution(
            QueryString=query.sql,
            QueryExecutionContext={"Database": query.database},
            WorkGroup=self._workgroup,
            **request,
        )["QueryExecutionId"]
        while True:
            state = self._client.get_query_execution(QueryExecutionId=execution)["QueryExecution"]
            status = state["Status"]
            if status["State"] not in UNDER_WAY:
                break
            progress.update(status["State"].lower())
            self._sleep(POLL_SECONDS)
        if status["State"] != "SUCCEEDED":
            raise TaskError(f"{query.name} {status['State']}: {status.get('StateChangeReason', 'no reason given')}")
        scanned = state.get("Statistics", {}).get("DataScannedInBytes", 0)
        progress.note = f"{scanned / 1e6:,.1f} MB read"
        return execution

    def rows(self, execution: str) -> Iterator[list[str]]:
        """The answer, its first row the column names."""
        pages = self._client.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
        for page in pages:
            for row in page["ResultSet"]["Rows"]:
                yield [cell.get("VarCharValue", "") for cell in row["Data"]]


def quoted(value: str) -> str:
    """A parameter as an SQL text, whatever is in it."""
    return "'" + value.replace("'", "''") + "'"


def ask(deployment: Deployment, name: str | None, parameters: Sequence[str], limit: int) -> None:
    """Runs the query `name` and prints at most `limit` rows, or lists the queries."""
    athena = Athena(deployment.client("athena"), deployment.name("athena-workgroup"))
    queries = athena.queries()
    if name is None:
        rows = [(one.name, one.parameters or "", escape(one.description)) for one in queries.values()]
        table(f"Queries of {deployment.environment}", ["name", "parameters", "what it answers"], rows)
        return
    query = _chosen(queries, name, parameters)
    with running(f"Asking {name}") as progress:
        execution = athena.run(query, parameters, progress)
    rows_found = athena.rows(execution)
    header = next(rows_found, [])
    shown = list(islice(rows_found, limit))
    if not shown:
        console.print(f"{escape(query.description)}: no rows.")
        return
    table(escape(query.description), header, [[escape(cell) for cell in row] for row in shown])
    if next(rows_found, None) is not None:
        console.print(f"Only the first {limit:,} rows are shown (--limit shows more).")


def _chosen(queries: dict[str, NamedQuery], name: str, parameters: Sequence[str]) -> NamedQuery:
    query = queries.get(name.replace("-", "_")) or queries.get(name)
    if query is None:
        raise TaskError(f"there is no query {name!r}; there are {', '.join(queries) or 'none'}")
    if len(parameters) != query.parameters:
        raise TaskError(f"{name} takes {query.parameters} parameters, not {len(parameters)}: {query.description}")
    return query


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    line = parser("query", __doc__)
    line.add_argument("name", nargs="?", help="which query; none: list them")
    line.add_argument("parameters", nargs="*", help="values for its question marks")
    line.add_argument("--limit", type=int, default=100, help="rows to show (default: %(default)s)")
    given = line.parse_args(arguments)
    return run(given.environment, lambda deployment: ask(deployment, given.name, given.parameters, given.limit))


if __name__ == "__main__":
    sys.exit(main())
