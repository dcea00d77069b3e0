"""Query results: stored where moto stores them, and written to the output location."""

import sys
from collections.abc import Iterator
from typing import Any

from moto.athena.models import AthenaBackend, QueryResults
from moto.glue.models import glue_backends
from moto.s3.models import s3_backends
from moto.s3.utils import bucket_and_name_from_url

from local_aws.athena import query_engine


def run(backend: AthenaBackend, execution: Any) -> None:
    """Run a SELECT; stores the reason as `failure` in an execution that fails."""
    try:
        sources = {table: _objects(backend, table) for table in _tables(backend, execution)}
        result = query_engine.run_query(execution.query, execution.execution_parameters or (), sources)
    except ValueError as error:
        execution.failure = str(error)
        return
    execution.scanned = result.scanned
    rows = [{"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in result.text_rows()]
    backend.query_results[execution.id] = QueryResults(rows, [_column(name) for name in result.names])
    _write(backend, execution, result.csv())


def _tables(backend: AthenaBackend, execution: Any) -> Iterator[query_engine.Table]:
    """Yield the tables of the query, as Glue describes them."""
    database = (execution.context or {}).get("Database", "default")
    for name in query_engine.table_names(execution.query):
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
    bucket, prefix = _bucket_and_key(table.location)
    found, *_ = s3.list_objects(s3.get_bucket(bucket), prefix, None, None, sys.maxsize)
    return ((f"s3://{bucket}/{item.name}", item.value) for item in found)


def _write(backend: AthenaBackend, execution: Any, text: str) -> None:
    if location := execution.config.get("OutputLocation"):
        bucket, key = _bucket_and_key(location)
        s3_backends[backend.account_id][backend.partition].put_object(bucket, key, text.encode())


def _bucket_and_key(url: str) -> tuple[str, str]:
    bucket, key = bucket_and_name_from_url(url)
    return bucket or "", key or ""


def _column(name: str) -> dict[str, str]:
    return {"CatalogName": "hive", "Name": name, "Label": name, "Type": "varchar"}
