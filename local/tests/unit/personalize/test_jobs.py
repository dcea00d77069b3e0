"""Batch inference, export, data deletion, metric attribution and tags."""

import json
from typing import Any

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    LimitExceededError,
    NotSupportedError,
    ResourceAlreadyExistsError,
    TooManyTagsError,
)
from local_aws.testing.in_process import NOW, ROLE, World


def infer(world: World, text: str, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    request = {
        "jobName": "infer",
        "solutionVersionArn": world.arns["version"],
        "roleArn": ROLE,
        "jobInput": {"s3DataSource": {"path": world.upload("in/users.json", text)}},
        "jobOutput": {"s3DataDestination": {"path": "s3://data/out/"}},
    }
    arn = world.call("CreateBatchInferenceJob", **request | more)["batchInferenceJobArn"]
    world.done()
    job = world.call("DescribeBatchInferenceJob", batchInferenceJobArn=arn)["batchInferenceJob"]
    written = world.s3.files.get(("data", "out/users.json.out"), b"")
    return job, [json.loads(line) for line in written.decode().splitlines()]


def test_given_users_when_inferred_in_batch_then_each_has_a_line_and_wrong_ones_an_error(serving: World) -> None:
    job, lines = infer(serving, '{"userId": "u1"}\n\n{"user": "u2"}\n', numResults=3)
    assert job["status"] == "ACTIVE"
    assert lines[0]["input"] == {"userId": "u1"}
    assert len(lines[0]["output"]["recommendedItems"]) == len(lines[0]["output"]["scores"]) == 3
    assert lines[0]["error"] is None
    assert "userId" in lines[1]["error"]


def test_given_a_malformed_line_when_inferred_then_the_job_fails_and_names_it(serving: World) -> None:
    job, _ = infer(serving, '{"userId": "u1"}\nnot json\n')
    assert job["status"] == "CREATE FAILED"
    assert "line 2" in job["failureReason"]
    with pytest.raises(NotSupportedError, match="THEME_GENERATION"):
        infer(serving, "", batchInferenceJobMode="THEME_GENERATION")


@pytest.mark.parametrize(("mode", "lines"), [("BULK", 1200), ("PUT", 1), ("ALL", 1201)])
def test_given_a_dataset_when_exported_then_the_csv_has_the_rows_asked_for(
    stocked: World, mode: str, lines: int
) -> None:
    stocked.put("s", "i1", user="u")
    stocked.put("anonymous", "i1")
    arn = stocked.call(
        "CreateDatasetExportJob",
        jobName="export",
        datasetArn=stocked.arns["Interactions"],
        ingestionMode=mode,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://data/exports"}},
    )["datasetExportJobArn"]
    stocked.done()
    assert stocked.call("DescribeDatasetExportJob", datasetExportJobArn=arn)["datasetExportJob"]["status"] == "ACTIVE"
    rows = stocked.s3.files["data", "exports/export/part-00000.csv"].decode().splitlines()
    assert rows[0] == "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
    assert len(rows) - 1 == lines
    if mode == "PUT":
        assert rows[1] == f"u,i1,{NOW + 5000},view"


def test_given_items_when_exported_then_what_was_imported_comes_out(stocked: World) -> None:
    stocked.call(
        "CreateDatasetExportJob",
        jobName="export",
        datasetArn=stocked.arns["Items"],
        ingestionMode="BULK",
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": "s3://data/exports/"}},
    )
    stocked.done()
    rows = stocked.s3.files["data", "exports/export/part-00000.csv"].decode().splitlines()
    assert rows[1] == f"i0,cat,0.0,{NOW - 10_000_000}"


def test_given_users_to_delete_when_the_job_ran_then_they_are_gone(stocked: World) -> None:
    request = {"datasetGroupArn": stocked.arns["group"], "roleArn": ROLE}
    source = {"dataLocation": stocked.upload("gone.csv", "USER_ID\nu1\nu2\n")}
    arn = stocked.call("CreateDataDeletionJob", jobName="gone", dataSource=source, **request)["dataDeletionJobArn"]
    stocked.done()
    job = stocked.call("DescribeDataDeletionJob", dataDeletionJobArn=arn)["dataDeletionJob"]
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 40)
    assert stocked.app.service().data(stocked.arns["group"]).interactions.history("u1", 9) == []
    wrong = {"dataLocation": stocked.upload("wrong.csv", "USER\nu1\n")}
    stocked.call("CreateDataDeletionJob", jobName="wrong", dataSource=wrong, **request)
    stocked.done()
    failed = stocked.call("ListDataDeletionJobs")["dataDeletionJobs"][1]
    assert failed["status"] == "FAILED"
    assert "the header must be USER_ID" in failed["failureReason"]


def test_given_a_metric_attribution_when_changed_then_its_metrics_are_listed_and_a_second_is_refused(
    stocked: World,
) -> None:
    request: dict[str, Any] = {
        "datasetGroupArn": stocked.arns["group"],
        "metrics": [{"eventType": "view", "metricName": "views", "expression": "SAMPLECOUNT()"}],
        "metricsOutputConfig": {"roleArn": ROLE},
    }
    arn = stocked.call("CreateMetricAttribution", name="a", **request)["metricAttributionArn"]
    with pytest.raises(ResourceAlreadyExistsError):
        stocked.call("CreateMetricAttribution", name="b", **request)
    added = {"eventType": "apply", "metricName": "worth", "expression": "SUM(Items.PRICE)"}
    stocked.call("UpdateMetricAttribution", metricAttributionArn=arn, addMetrics=[added], removeMetrics=["views"])
    assert stocked.call("ListMetricAttributionMetrics", metricAttributionArn=arn)["metrics"] == [added]
    with pytest.raises(InvalidInputError, match="SAMPLECOUNT"):
        stocked.call(
            "UpdateMetricAttribution",
            metricAttributionArn=arn,
            addMetrics=[added | {"metricName": "m", "expression": "AVG(x)"}],
        )
    many = [added | {"metricName": f"m{number}"} for number in range(10)]
    with pytest.raises(LimitExceededError):
        stocked.call("UpdateMetricAttribution", metricAttributionArn=arn, addMetrics=many)
    stocked.call("DeleteMetricAttribution", metricAttributionArn=arn)
    assert stocked.call("ListMetricAttributions")["metricAttributions"] == []


def test_given_tags_when_added_and_removed_then_they_are_listed_up_to_fifty(stocked: World) -> None:
    arn = stocked.arns["solution"]
    stocked.call(
        "TagResource", resourceArn=arn, tags=[{"tagKey": "a", "tagValue": "1"}, {"tagKey": "b", "tagValue": ""}]
    )
    stocked.call("UntagResource", resourceArn=arn, tagKeys=["a", "never"])
    assert stocked.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"tagKey": "b", "tagValue": ""}]
    with pytest.raises(TooManyTagsError):
        stocked.call("TagResource", resourceArn=arn, tags=[{"tagKey": f"k{n}", "tagValue": ""} for n in range(50)])
    with pytest.raises(InvalidInputError):
        stocked.call("ListTagsForResource", resourceArn=stocked.arns["Items-schema"])
