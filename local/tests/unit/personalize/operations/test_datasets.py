"""Datasets and their import jobs."""

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.in_process import INTERACTIONS, InProcessPersonalize, interactions_csv


@pytest.mark.parametrize(
    ("text", "message"),
    [(interactions_csv(users=2), "40 interactions; at least 1000"), ("USER_ID\n", "header")],
)
def test_given_bad_data_when_imported_then_the_job_fails_with_the_reason(
    personalize: InProcessPersonalize, text: str, message: str
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    job = personalize.import_csv("Interactions", text)
    assert job["status"] == "CREATE FAILED"
    assert message in job["failureReason"]


def test_given_no_such_file_or_role_when_imported_then_the_job_fails_with_the_reason(
    personalize: InProcessPersonalize,
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    source = {"dataLocation": "s3://data/absent.csv"}
    role = "arn:aws:iam::123456789012:role/absent"
    request = {"datasetArn": personalize.arns["Interactions"], "dataSource": source, "roleArn": role}
    personalize.call("CreateDatasetImportJob", jobName="no-file", **request)
    personalize.wait_idle()
    personalize.app.service()._s3 = _deny
    personalize.call("CreateDatasetImportJob", jobName="no-role", **request)
    personalize.wait_idle()
    reasons = [job["failureReason"] for job in personalize.call("ListDatasetImportJobs")["datasetImportJobs"]]
    assert "s3://data/absent.csv: NoSuchKey" in reasons[0]
    assert "role/absent does not exist" in reasons[1]


def _deny(role: str, job: str) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"{role} cannot be assumed"}}, "AssumeRole")


def test_given_imports_when_full_or_incremental_then_they_replace_or_add_and_streamed_events_stay(
    personalize: InProcessPersonalize,
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    tracker = personalize.call("CreateEventTracker", name="t", datasetGroupArn=personalize.arns["group"])
    personalize.arns["tracking"] = tracker["trackingId"]
    log = personalize.app.service().data(personalize.arns["group"]).interactions
    personalize.import_csv("Interactions", interactions_csv(), "first")
    personalize.put_views("s", "i1", user="u0")
    assert len(log) == 1201
    personalize.import_csv("Interactions", interactions_csv(users=50), "second")
    assert len(log) == 1001
    personalize.import_csv("Interactions", interactions_csv(users=1), "third", mode="INCREMENTAL")
    assert len(log) == 1021
    assert log.history("u0", 1000)[-1].item_id == "i1"
