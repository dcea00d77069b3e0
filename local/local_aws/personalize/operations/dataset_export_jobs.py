"""Dataset export jobs: write a dataset to S3 as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from local_aws.personalize.avro_schema import Schema
from local_aws.personalize.data.interactions import BULK, PUT
from local_aws.personalize.data.s3_files import write_file
from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import DATASET, DATASET_EXPORT_JOB
from local_aws.personalize.service import Service

_ORIGINS = {"BULK": {BULK}, "PUT": {PUT}, "ALL": {BULK, PUT}}


@operation("CreateDatasetExportJob")
def create_export_job(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateDatasetExportJob. The default ingestionMode is PUT (ingested one by one)."""
    dataset = service.require_active(service.store.get(request["datasetArn"], DATASET))
    job = service.create(
        DATASET_EXPORT_JOB,
        request,
        work=lambda job: _export(service, dataset, job),
        ingestionMode=request.get("ingestionMode", "PUT"),
    )
    return {"datasetExportJobArn": job.arn}


def _export(service: Service, dataset: Resource, job: Resource) -> None:
    s3 = service.s3_for(job)
    service.use_key(dataset["datasetGroupArn"], "kms:Decrypt")
    with service.lock:
        schema = service.schema_of(dataset["datasetGroupArn"], dataset["datasetType"])
    if schema is None:
        raise JobFailedError(f"The dataset {dataset.arn} was deleted.")
    origins = _ORIGINS[job["ingestionMode"]]
    if dataset["datasetType"].endswith("INTERACTIONS"):
        rows = _interactions(service, dataset, origins)
    else:
        rows = _records(service, dataset, schema, origins)
    destination = job["jobOutput"]["s3DataDestination"]
    service.use_keys_of(job, destination=destination.get("kmsKeyArn"))
    name, written = f"{job['jobName']}/part-00000.csv", _csv(schema, rows)
    write_file(s3, destination["path"], name, written, destination.get("kmsKeyArn"))


def _interactions(service: Service, dataset: Resource, origins: set[int]) -> Iterator[dict[str, Any]]:
    columns = service.data(dataset["datasetGroupArn"]).log(dataset["datasetType"]).columns()
    for row, origin in enumerate(columns.origins):
        # As in training, an event of an anonymous session or without an item is not an interaction.
        if origin in origins and columns.users[row] is not None and columns.items[row] is not None:
            yield columns.extra(row) | {
                "USER_ID": columns.users[row],
                "ITEM_ID": columns.items[row],
                "ACTION_ID": columns.items[row],
                "TIMESTAMP": int(columns.times[row]),
                "EVENT_TYPE": columns.types[row],
                "EVENT_VALUE": columns.values[row],
            }


def _records(service: Service, dataset: Resource, schema: Schema, origins: set[int]) -> Iterator[dict[str, Any]]:
    records = service.data(dataset["datasetGroupArn"]).records(dataset["datasetType"])
    key, record_origins = next(iter(schema.required)), records.origins()
    for record_id, record in records.snapshot().items():
        if record_origins.get(record_id) in origins:
            yield record | {key: record_id}


def _csv(schema: Schema, rows: Iterable[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in schema.fields], extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
