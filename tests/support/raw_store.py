"""Answers the named queries as Athena would, on a folder laid out as Firehose writes the raw store."""

from pathlib import Path
from typing import Any

from local_aws.athena import query_engine

ANALYTICS = Path(__file__).resolve().parents[2] / "modules" / "analytics"
QUERIES = ANALYTICS / "queries"

_COLUMNS = (
    "userid", "sessionid", "eventtype", "animalmetadata", "animal_id", "eventid", "timestamp", "recommendationid",
    "impression", "eventvalue", "partitionkey", "data",
)  # fmt: skip
_TABLE = query_engine.Table("events", dict.fromkeys(_COLUMNS, "string"), "s3://raw/events/${arrival}/")


def sql(query: str) -> str:
    """Make a named query as the module does: its description, event.sql, its SELECT."""
    description, _, select = (QUERIES / f"{query}.sql").read_text(encoding="utf-8").partition("\n")
    return "\n".join([description, (ANALYTICS / "event.sql").read_text(encoding="utf-8").strip(), select])


def ask(query: str, folder: Path, *parameters: str) -> list[dict[str, Any]]:
    """The rows that the named query answers on `folder`/events/year=…/month=…/day=…/hour=…/*.gz."""
    objects = ((f"s3://raw/{path.relative_to(folder)}", path.read_bytes()) for path in folder.glob("events/*/*/*/*/*"))
    answer = query_engine.run_query(sql(query), [f"'{value}'" for value in parameters], {_TABLE: objects})
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]
