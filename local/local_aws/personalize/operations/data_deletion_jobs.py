"""Data deletion jobs: delete the data of the users in CSV files."""

from typing import Any

from local_aws.personalize.data.csv_files import read_rows
from local_aws.personalize.data.s3_files import read_files
from local_aws.personalize.errors import InvalidInputError, JobFailedError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import DATA_DELETION_JOB, DATASET_GROUP
from local_aws.personalize.service import Service


@operation("CreateDataDeletionJob")
def create_data_deletion_job(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle CreateDataDeletionJob: delete the interactions and the records of users from a dataset group."""
    group = service.require_active(service.store.get(request["datasetGroupArn"], DATASET_GROUP))
    if not request["dataSource"].get("dataLocation"):
        raise InvalidInputError("dataSource.dataLocation is required.")
    job = service.create(DATA_DELETION_JOB, request, work=lambda job: _delete(service, group.arn, job), numDeleted=0)
    return {"dataDeletionJobArn": job.arn}


def _delete(service: Service, group_arn: str, job: Resource) -> dict[str, Any]:
    users: set[str] = set()
    for name, content in read_files(service.s3_for(job), job["dataSource"]["dataLocation"]):
        users |= _user_ids(name, content)
    data = service.data(group_arn)
    interactions = data.interactions.delete_users(users) + data.action_interactions.delete_users(users)
    return {"numDeleted": interactions + data.users.delete(users)}


def _user_ids(name: str, content: bytes) -> set[str]:
    rows = read_rows(name, content)
    if rows[:1] != [["USER_ID"]]:
        raise JobFailedError(f"{name}: line 1: the header must be USER_ID")
    if wide := next((row for row in rows if len(row) > 1), None):
        raise JobFailedError(f"{name}: a row holds one USER_ID, not {len(wide)} values: {','.join(wide)[:60]}")
    return {row[0] for row in rows[1:]}
