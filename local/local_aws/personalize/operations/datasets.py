"""The operations of datasets and their import jobs."""

import copy
import logging
from typing import Any

from local_aws.personalize.attribution import find_attribution, imported, send_to_cloudwatch, write_report
from local_aws.personalize.avro_schema import Schema, parse_schema
from local_aws.personalize.data.csv_files import read_csv
from local_aws.personalize.data.interactions import BULK, Columns, bulk_columns
from local_aws.personalize.data.s3_files import read_files
from local_aws.personalize.errors import (
    InvalidInputError,
    JobFailedError,
    LimitExceededError,
    ResourceAlreadyExistsError,
    ResourceInUseError,
)
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource, Update
from local_aws.personalize.resource_types import DATASET, DATASET_GROUP, DATASET_IMPORT_JOB, SCHEMA, SOLUTION
from local_aws.personalize.service import Service
from local_aws.personalize.statuses import ACTIVE, UPDATE_IN_PROGRESS, UPDATE_PENDING, StatusTimeline

_log = logging.getLogger(__name__)
_SHOWN_PROBLEMS = 10
_TYPES = {name.lower(): name for name in ("Interactions", "Items", "Users", "Actions", "Action_Interactions")}
_KNOWN_COLUMNS = ("USER_ID", "ITEM_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE")


@operation("CreateDataset")
def create_dataset(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateDataset: a group has one dataset of each type, with a schema of that type."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    dataset_type = _dataset_type(request["datasetType"])
    if group.get("domain") and dataset_type.startswith("Action"):
        raise InvalidInputError(f"A dataset group of a domain cannot have a dataset of type {dataset_type}.")
    _require_type(service, request["schemaArn"], dataset_type)
    if service.store.get(request["schemaArn"], SCHEMA).get("domain") != group.get("domain"):
        raise InvalidInputError(f"The schema {request['schemaArn']} is of another domain than the dataset group.")
    if service.dataset(group.arn, dataset_type):
        raise ResourceAlreadyExistsError(f"The dataset group {group.arn} has a dataset of type {dataset_type}.")
    identity = f"{group['name']}/{dataset_type.upper()}"
    request = request | {"datasetType": dataset_type.upper()}
    return {"datasetArn": service.create(DATASET, request, identity=identity).arn}


@operation("UpdateDataset")
def update_dataset(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle UpdateDataset: change the schema of items or users. The new schema can only add fields that can be null.

    Solutions that exist do not train on the new columns (developer guide, "Replacing a dataset's schema").
    """
    dataset = service.store.get(request["datasetArn"], DATASET)
    if service.status(dataset) != ACTIVE:
        raise ResourceInUseError(f"The dataset {dataset.arn} is not ACTIVE.")
    if dataset["datasetType"].endswith("INTERACTIONS"):
        raise InvalidInputError("The schema of an Interactions dataset cannot be replaced.")
    new = _require_type(service, request["schemaArn"], dataset["datasetType"])
    old = parse_schema(service.store.get(dataset["schemaArn"], SCHEMA)["schema"])
    added = [field for field in new.fields if not old.field(field.name)]
    if any(new.field(field.name) != field for field in old.fields) or any(not field.nullable for field in added):
        raise InvalidInputError("A new schema must keep every field as it is; added fields must allow null.")
    change = {"schemaArn": request["schemaArn"]}
    step_seconds, steps = service.settings.step_seconds, (UPDATE_PENDING, UPDATE_IN_PROGRESS, ACTIVE)
    timeline = StatusTimeline.starting_at(service.now(), step_seconds, *steps)
    dataset.updates["latestDatasetUpdate"] = Update(change, timeline, pending_fields=dict(change))
    for solution in service.store.all(SOLUTION, datasetGroupArn=dataset["datasetGroupArn"]):
        _exclude_from_training(solution, new.dataset_type, [field.name for field in added])
    return {"datasetArn": dataset.arn}


def _exclude_from_training(solution: Resource, dataset_type: str, columns: list[str]) -> None:
    config: dict[str, Any] = copy.deepcopy(solution.get("solutionConfig") or {})
    excluded = config.setdefault("trainingDataConfig", {}).setdefault("excludedDatasetColumns", {})
    excluded[dataset_type] = [*excluded.get(dataset_type, []), *columns]
    solution.fields["solutionConfig"] = config


@operation("CreateDatasetImportJob")
def create_import_job(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateDatasetImportJob: CSV files from S3, FULL (replace earlier imports) or INCREMENTAL."""
    dataset = service.require_active(service.store.get(request["datasetArn"], DATASET))
    if not request["dataSource"].get("dataLocation"):
        raise InvalidInputError("dataSource.dataLocation is required.")
    if "roleArn" not in request:
        raise InvalidInputError("roleArn is required to read from Amazon S3.")
    if request.get("publishAttributionMetricsToS3"):
        _require_report_destination(service, dataset)
    pending = [job for job in service.store.all(DATASET_IMPORT_JOB) if not job.is_stable(service.now())]
    if len(pending) >= service.settings.quotas.pending_import_jobs:
        raise LimitExceededError("The limit of pending or in-progress dataset import jobs is reached.")
    job = service.create(
        DATASET_IMPORT_JOB,
        request,
        work=lambda job: _import(service, dataset, job),
        importMode=request.get("importMode", "FULL"),
        publishAttributionMetricsToS3=request.get("publishAttributionMetricsToS3", False),
    )
    return {"datasetImportJobArn": job.arn}


def _require_report_destination(service: Service, dataset: Resource) -> None:
    attribution = find_attribution(service, dataset["datasetGroupArn"])
    config = attribution["metricsOutputConfig"] if attribution else {}
    if dataset["datasetType"] != "INTERACTIONS" or not config.get("s3DataDestination"):
        raise InvalidInputError(
            "publishAttributionMetricsToS3 needs an Interactions dataset, and an ACTIVE metric attribution with an "
            "s3DataDestination."
        )


def _import(service: Service, dataset: Resource, job: Resource) -> None:
    group_arn, dataset_type = dataset["datasetGroupArn"], dataset["datasetType"]
    service.use_key(group_arn, "kms:GenerateDataKey")
    schema = service.schema_of(group_arn, dataset_type)
    if schema is None:
        raise JobFailedError(f"The dataset {dataset.arn} was deleted.")
    columns: dict[str, list[Any]] = {field.name: [] for field in schema.fields}
    skipped: list[str] = []
    for name, content in read_files(service.s3_for(job), job["dataSource"]["dataLocation"]):
        table = read_csv(name, content, schema)
        skipped += table.skipped
        for field, values in table.columns.items():
            columns[field].extend(values)
    if skipped:
        job.fields["skippedValues"] = skipped
        _log.warning("%s: %d values were left out: %s", job.arn, len(skipped), "; ".join(skipped[:_SHOWN_PROBLEMS]))
    replace = job["importMode"] == "FULL"
    if dataset_type.endswith("INTERACTIONS"):
        rows = _import_interactions(service, dataset, columns, replace)
        if dataset_type == "INTERACTIONS":
            _attribute(service, group_arn, job, rows)
    else:
        _import_records(service, group_arn, schema, columns, replace)


def _import_interactions(service: Service, dataset: Resource, columns: dict[str, list[Any]], replace: bool) -> Columns:
    log = service.data(dataset["datasetGroupArn"]).log(dataset["datasetType"])
    # Interactions with actions have no minimum.
    of_items = dataset["datasetType"] == "INTERACTIONS"
    minimum = service.settings.quotas.minimum_import_interactions if of_items else 0
    total = len(columns["USER_ID"]) + (0 if replace else len(log))
    if total < minimum:
        raise JobFailedError(f"The data has {total} interactions; at least {minimum} are needed.")
    others = [name for name in columns if name not in _KNOWN_COLUMNS]
    extras = [dict(zip(others, row, strict=True)) for row in zip(*(columns[name] for name in others), strict=True)]
    rows = bulk_columns(
        *(columns["USER_ID"], columns["ITEM_ID" if of_items else "ACTION_ID"], columns["TIMESTAMP"]),
        *(columns.get("EVENT_TYPE"), columns.get("EVENT_VALUE"), extras),
    )
    log.import_bulk(rows, replace=replace)
    return rows


def _attribute(service: Service, group_arn: str, job: Resource, rows: Columns) -> None:
    """Report what the imported interactions are worth, if the group has a metric attribution."""
    if find_attribution(service, group_arn) is None:
        return
    data = service.data(group_arn)
    if job["importMode"] == "INCREMENTAL":
        send_to_cloudwatch(service, group_arn, imported(data, rows))
    if job["publishAttributionMetricsToS3"]:
        write_report(service, group_arn, job, imported(data, rows))


def _import_records(
    service: Service, group_arn: str, schema: Schema, columns: dict[str, list[Any]], replace: bool
) -> None:
    key = next(iter(schema.required))
    if not columns[key]:
        raise JobFailedError("The data has no records.")
    others = [name for name in columns if name != key]
    rows = zip(*(columns[name] for name in others), strict=True)
    records = {
        record_id: dict(zip(others, row, strict=True)) for record_id, row in zip(columns[key], rows, strict=True)
    }
    service.data(group_arn).records(schema.dataset_type).add(records, BULK, replace=replace)


def _dataset_type(name: str) -> str:
    if name.lower() not in _TYPES:
        raise InvalidInputError(f"The dataset type {name} is not one of {', '.join(_TYPES.values())}.")
    return _TYPES[name.lower()]


def _require_type(service: Service, schema_arn: str, dataset_type: str) -> Schema:
    schema = parse_schema(service.store.get(schema_arn, SCHEMA)["schema"])
    if schema.dataset_type.upper() != dataset_type.upper():
        raise InvalidInputError(
            f"The schema {schema_arn} is for {schema.dataset_type}, the dataset for {dataset_type}."
        )
    return schema
