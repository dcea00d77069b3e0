"""Batches on the deployed system: from a user's events to the file for the newsletter, and the alarm of a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.common.personalize import Poll
from scripts.operate.batch import write_batch
from scripts.operate.deployment import Deployment


@pytest.fixture
def deployment(system: Any) -> Deployment:
    return Deployment("local")


def read(system: Any, output: str) -> dict[str, Any]:
    """Return the answers of a batch by user."""
    bucket, _, key = output.removeprefix("s3://").partition("/")
    body = system.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    lines = [json.loads(line) for line in body.decode().splitlines()]
    return {line["input"]["userId"]: line for line in lines}


def test_given_a_user_with_events_when_a_batch_is_written_then_it_has_recommendations_for_them(
    system, deployment, wait_for
):
    view = {
        "userId": "batch-1",
        "sessionId": "batch-s",
        "eventType": "DetailView",
        "animalMetadata": {"animal_species_id": "2", "animal_primary_breed_id": "Beagle"},
    }
    stream = system.outputs["stream_name"]
    system.client("kinesis").put_record(StreamName=stream, PartitionKey="batch-s", Data=json.dumps(view).encode())
    wait_for(lambda: system.invoke("get_history", {"userId": "batch-1"})[0]["events"])

    answers = read(system, write_batch(deployment, None, Poll(longest=1.0)))

    assert len(answers["batch-1"]["output"]["recommendedItems"]) == 25
    assert answers["batch-1"]["error"] is None
    assert not [user for user in answers if user.startswith("session#")]


def test_given_a_file_of_users_when_a_batch_is_written_then_it_is_for_them(system, deployment, tmp_path):
    file = tmp_path / "subscribers.txt"
    file.write_text("12345\nnobody-yet\n", encoding="utf-8")

    assert set(read(system, write_batch(deployment, file, Poll(longest=1.0)))) == {"12345", "nobody-yet"}


def test_given_the_schedules_when_they_fire_then_a_batch_is_started_and_checked(system, wait_for):
    personalize = system.client("personalize")

    def jobs() -> set[str]:
        return {one["jobName"] for one in personalize.list_batch_inference_jobs()["batchInferenceJobs"]}

    before = jobs()
    system.fire("local-animal-recommender-batch-start")
    wait_for(lambda: jobs() - before)
    system.fire("local-animal-recommender-batch-check")
    checked, error = system.invoke("check_batch", {})
    assert error is None, checked
    assert checked["status"] != "CREATE FAILED"


def test_given_a_batch_that_fails_when_checked_then_the_operator_is_told(system, wait_for):
    # A job whose input is no list of users.
    bucket = system.outputs["seed_bucket"]
    system.client("s3").put_object(Bucket=bucket, Key="batch/broken/users.json", Body=b"no JSON")
    campaign = system.client("personalize").describe_campaign(
        campaignArn=system.outputs["campaign_arns"]["recommender"]
    )["campaign"]
    place = f"s3://{bucket}/batch/broken/"
    system.client("personalize").create_batch_inference_job(
        jobName="local-animal-recommender-batch-broken",
        solutionVersionArn=campaign["solutionVersionArn"],
        jobInput={"s3DataSource": {"path": f"{place}users.json"}},
        jobOutput={"s3DataDestination": {"path": place}},
        roleArn=published(system, "personalize-role-arn"),
    )

    def failed() -> bool:
        checked, error = system.invoke("check_batch", {})
        assert error is None, checked
        return checked["status"] == "CREATE FAILED" and "line 1" in checked["failureReason"]

    wait_for(failed)
    (mail,) = wait_for(lambda: system.alarm_mails("batch-failed"))
    assert "make batch" in json.loads(mail["body"])["AlarmDescription"]


def published(system: Any, name: str) -> str:
    parameter = system.client("ssm").get_parameter(Name=f"/animal-recommender/local/{name}")
    return parameter["Parameter"]["Value"]
