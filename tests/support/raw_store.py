"""Answers the named queries as Athena would, on a folder laid out as Firehose writes the raw store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local_aws.athena import query_engine

ANALYTICS = Path(__file__).resolve().parents[2] / "modules" / "analytics"
QUERIES = ANALYTICS / "queries"

_COLUMNS = (
    "userid", "sessionid", "eventtype", "animalmetadata", "animal_id", "eventid", "timestamp", "recommendationid",
    "impression", "eventvalue", "partitionkey", "data",
)  # fmt: skip
_EXPOSURE_COLUMNS = (
    "exposureid", "time", "experiment", "arm", "function", "visitor", "user", "session", "model", "recommendationid",
    "source", "shown",
)  # fmt: skip
_TABLES = {
    "events": query_engine.Table("events", dict.fromkeys(_COLUMNS, "string"), "s3://raw/events/${arrival}/"),
    "exposures": query_engine.Table(
        "exposures", dict.fromkeys(_EXPOSURE_COLUMNS, "string"), "s3://raw/exposures/${arrival}/"
    ),
}


def sql(query: str) -> str:
    """Make a named query as the module does: its description, the tables that it reads, its SELECT."""
    description, _, select = (QUERIES / f"{query}.sql").read_text(encoding="utf-8").partition("\n")
    tables = ["event.sql", *(["exposure.sql"] if "FROM exposure\n" in select else [])]
    return "\n".join([description, *(_read(table) for table in tables), select])


def _read(name: str) -> str:
    return (ANALYTICS / name).read_text(encoding="utf-8").strip()


def ask(query: str, folder: Path, *parameters: str) -> list[dict[str, Any]]:
    """The rows that the named query answers on `folder`/events (and exposures)/year=…/month=…/day=…/hour=…/*.gz."""
    tables = {_TABLES[name]: _objects(folder, name) for name in query_engine.table_names(sql(query))}
    answer = query_engine.run_query(sql(query), [f"'{value}'" for value in parameters], tables)
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def _objects(folder: Path, table: str) -> Iterator[tuple[str, bytes]]:
    return ((f"s3://raw/{path.relative_to(folder)}", path.read_bytes()) for path in folder.glob(f"{table}/*/*/*/*/*"))
