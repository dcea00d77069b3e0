"""Answers the named queries as Athena would, on a folder laid out as Firehose writes the raw store."""

from pathlib import Path
from typing import Any

from local_aws.athena import query_engine

QUERIES = Path(__file__).resolve().parents[2] / "modules" / "analytics" / "queries"

_NAMES = ("animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id")
_EVENT = {
    "userid": "string",
    "sessionid": "string",
    "eventtype": "string",
    "animalmetadata": f"struct<{','.join(f'{name}:string' for name in _NAMES)}>",
    "animal_id": "string",
    "eventid": "string",
    "timestamp": "string",
    "recommendationid": "string",
    "impression": "array<string>",
    "eventvalue": "string",
}
_ENVELOPE = {"partitionkey": "string", "data": f"struct<{','.join(f'{name}:{kind}' for name, kind in _EVENT.items())}>"}
_TABLE = query_engine.Table("events", _EVENT | _ENVELOPE, "s3://raw/events/${arrival}/")


def ask(query: str, folder: Path, *parameters: str) -> list[dict[str, Any]]:
    """The rows that the named query answers on `folder`/events/year=…/month=…/day=…/hour=…/*.gz."""
    objects = ((f"s3://raw/{path.relative_to(folder)}", path.read_bytes()) for path in folder.glob("events/*/*/*/*/*"))
    sql = (QUERIES / f"{query}.sql").read_text(encoding="utf-8")
    answer = query_engine.ask(sql, [f"'{value}'" for value in parameters], {_TABLE: objects})
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]
