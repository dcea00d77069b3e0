"""Athena: a query's answer, kept where moto keeps results and written to its output location."""

import sys
from collections.abc import Iterator
from typing import Any

from moto.athena.models import AthenaBackend, Execution, QueryResults
from moto.glue.models import glue_backends
from moto.s3.models import s3_backends
from moto.s3.utils import bucket_and_name_from_url

from local_aws.athena import query_engine


def run(backend: AthenaBackend, execution: Any) -> None:
    """Run a SELECT; an execution that fails gets the reason as its `failure`."""
    try:
        sources = {table: _objects(backend, table) for table in _tables(backend, execution)}
        answer = query_engine.ask(execution.query, execution.execution_parameters or (), sources)
    except ValueError as error:
        execution.failure = str(error)
        return
    execution.scanned = answer.scanned
    rows = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in answer.texts()]
    backend.query_results[execution.id] = QueryResults(rows, [_column(name) for name in answer.names])
    _write(backend, execution, answer.csv())


def _tables(backend: AthenaBackend, execution: Execution) -> Iterator[query_engine.Table]:
    """The tables that the query asks about, as Glue describes them."""
    database = (execution.context or {}).get("Database", "default")
    for name in query_engine.tables(execution.query):
        known = glue_backends[backend.account_id][backend.region_name].databases.get(database)
        if known is None or name not in known.tables:
            raise ValueError(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist")
        yield _table(name, known.tables[name].as_dict())


def _table(name: str, found: dict[str, Any]) -> query_engine.Table:
    columns = {column["Name"]: column["Type"] for column in found["StorageDescriptor"]["Columns"]}
    template = found["Parameters"].get("storage.location.template", found["StorageDescriptor"]["Location"])
    return query_engine.Table(name, columns, template)


def _objects(backend: AthenaBackend, table: query_engine.Table) -> Iterator[tuple[str, bytes]]:
    s3 = s3_backends[backend.account_id][backend.partition]
    bucket, prefix = bucket_and_name_from_url(table.location)
    found, *_ = s3.list_objects(s3.get_bucket(bucket), prefix, None, None, sys.maxsize)
    return ((f"s3://{bucket}/{item.name}", item.value) for item in found)


def _write(backend: AthenaBackend, execution: Execution, text: str) -> None:
    if location := execution.config.get("OutputLocation"):
        bucket, key = bucket_and_name_from_url(location)
        s3_backends[backend.account_id][backend.partition].put_object(bucket, key, text.encode())


def _column(name: str) -> dict[str, str]:
    return {"CatalogName": "hive", "Name": name, "Label": name, "Type": "varchar"}
