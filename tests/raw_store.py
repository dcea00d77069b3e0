"""Answers the named queries as Athena would, on a folder laid out as Firehose writes the raw store.

Athena's SQL is Trino's; sqlglot translates it to DuckDB's, which reads the same compressed JSON lines.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import sqlglot

QUERIES = Path(__file__).resolve().parents[1] / "modules" / "analytics" / "queries"

_ANIMAL = (
    "STRUCT(animal_species_id VARCHAR, animal_primary_breed_id VARCHAR, animal_size_id VARCHAR, animal_age_id VARCHAR)"
)
_EVENT = {
    "userId": "VARCHAR",
    "sessionId": "VARCHAR",
    "eventType": "VARCHAR",
    "animalMetadata": _ANIMAL,
    "animal_id": "VARCHAR",
    "eventId": "VARCHAR",
    "timestamp": "VARCHAR",
    "recommendationId": "VARCHAR",
    "impression": "VARCHAR[]",
    "eventValue": "VARCHAR",
}
_ENVELOPE = {"Partitionkey": "VARCHAR", "Data": "STRUCT(" + ", ".join(f'"{k}" {t}' for k, t in _EVENT.items()) + ")"}


def ask(query: str, folder: Path, *parameters: str) -> list[dict[str, Any]]:
    """The rows that the named query answers on `folder`/events/year=…/month=…/day=…/hour=…/*.gz."""
    sql = sqlglot.transpile((QUERIES / f"{query}.sql").read_text(encoding="utf-8"), read="trino", write="duckdb")[0]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(_events(folder / "events"))
        answer = connection.execute(sql, _given(parameters))
        names = [column[0] for column in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _given(parameters: Sequence[str]) -> list[str] | None:
    return list(parameters) or None


def _events(folder: Path) -> str:
    """A view of the folder with the columns of the Glue table; what is no JSON is a row of nulls, as Athena has it."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in (_EVENT | _ENVELOPE).items())
    path = "regexp_extract(filename, 'year=[0-9]+/month=[0-9]+/day=[0-9]+/hour=[0-9]+')"
    return f"""
        CREATE VIEW events AS SELECT * EXCLUDE (filename), {path} AS arrival
        FROM read_json('{folder}/*/*/*/*/*.gz', format = 'newline_delimited', ignore_errors = true,
                       filename = true, hive_partitioning = false, columns = {{{columns}}})
    """
