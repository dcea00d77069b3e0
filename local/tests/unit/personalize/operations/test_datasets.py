"""Datasets and their import jobs."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.personalize.errors import InvalidInputError
from local_aws.testing.in_process import INTERACTIONS, ITEMS, InProcessPersonalize, interactions_csv, items_csv, schema

FIELDS = json.loads(ITEMS)["fields"]
PETS = {"name": "AVAILABLE_PETS", "type": ["null", "int"]}


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


def add_schema(personalize: InProcessPersonalize, name: str, *fields: dict[str, Any]) -> str:
    return personalize.call("CreateSchema", name=name, schema=schema("Items", *fields))["schemaArn"]


def test_given_a_schema_with_more_fields_when_updated_then_items_have_them_and_old_solutions_do_not_train_on_them(
    personalize: InProcessPersonalize,
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    personalize.create_dataset("Items", ITEMS)
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
    solution = personalize.call(
        "CreateSolution",
        name="s",
        datasetGroupArn=personalize.arns["group"],
        recipeArn=recipe,
        performAutoTraining=False,
    )["solutionArn"]

    personalize.call(
        "UpdateDataset", datasetArn=personalize.arns["Items"], schemaArn=add_schema(personalize, "more", *FIELDS, PETS)
    )
    personalize.wait_idle()
    item = {"itemId": "i1", "properties": json.dumps({"availablePets": 3})}
    personalize.call("PutItems", datasetArn=personalize.arns["Items"], items=[item])

    stored = personalize.app.service().data(personalize.arns["group"]).items.get("i1")
    assert stored is not None
    assert stored["AVAILABLE_PETS"] == 3
    dataset = personalize.call("DescribeDataset", datasetArn=personalize.arns["Items"])["dataset"]
    assert dataset["schemaArn"] == dataset["latestDatasetUpdate"]["schemaArn"]
    config = personalize.call("DescribeSolution", solutionArn=solution)["solution"]["solutionConfig"]
    assert config["trainingDataConfig"]["excludedDatasetColumns"] == {"Items": ["AVAILABLE_PETS"]}


@pytest.mark.parametrize(
    "fields",
    [FIELDS[:-1], [*FIELDS, {**PETS, "type": "int"}], [*FIELDS[:-1], {**FIELDS[-1], "type": "long"}]],
    ids=["one less", "one required", "one changed"],
)
def test_given_a_schema_that_is_no_extension_when_updated_then_it_is_refused(
    personalize: InProcessPersonalize, fields: list[dict[str, Any]]
) -> None:
    personalize.create_dataset("Items", ITEMS)
    with pytest.raises(InvalidInputError):
        personalize.call(
            "UpdateDataset", datasetArn=personalize.arns["Items"], schemaArn=add_schema(personalize, "other", *fields)
        )


def test_given_an_interactions_dataset_when_updated_then_it_is_refused(personalize: InProcessPersonalize) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    arn = personalize.call("CreateSchema", name="same", schema=INTERACTIONS)["schemaArn"]
    with pytest.raises(InvalidInputError):
        personalize.call("UpdateDataset", datasetArn=personalize.arns["Interactions"], schemaArn=arn)


def test_given_unreadable_prices_when_imported_then_the_job_succeeds_and_they_are_shown(
    personalize: InProcessPersonalize, caplog: pytest.LogCaptureFixture
) -> None:
    personalize.create_dataset("Items", ITEMS)
    job = personalize.import_csv("Items", items_csv().replace("i3,cat,3,", "i3,cat,cheap,"))
    assert job["status"] == "ACTIVE"
    stored = personalize.app.service().data(personalize.arns["group"]).items.get("i3")
    assert stored is not None
    assert stored["PRICE"] is None
    assert "line 5, column PRICE: 'cheap' is not a number" in caplog.text


def test_given_a_job_that_fails_then_the_log_says_why(
    personalize: InProcessPersonalize, caplog: pytest.LogCaptureFixture
) -> None:
    personalize.create_dataset("Interactions", INTERACTIONS)
    arn = personalize.import_csv("Interactions", interactions_csv(users=2))["datasetImportJobArn"]
    assert f"{arn}: CREATE FAILED: The data has 40 interactions" in caplog.text


def test_given_a_dataset_type_in_any_case_when_described_then_it_is_in_upper_case(
    personalize: InProcessPersonalize,
) -> None:
    arn = personalize.create_dataset("Items", ITEMS)
    assert personalize.call("DescribeDataset", datasetArn=arn)["dataset"]["datasetType"] == "ITEMS"
    listed = personalize.call("ListDatasets", datasetGroupArn=personalize.arns["group"])["datasets"]
    assert [dataset["datasetType"] for dataset in listed] == ["ITEMS"]
