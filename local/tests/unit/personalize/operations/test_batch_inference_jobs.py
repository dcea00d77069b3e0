"""Batch inference jobs."""

import json
from typing import Any

import pytest

from local_aws.personalize.errors import InvalidInputError, NotSupportedError
from local_aws.testing.in_process import ROLE, InProcessPersonalize


def infer(personalize: InProcessPersonalize, text: str, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    request = {
        "jobName": "infer",
        "solutionVersionArn": personalize.arns["version"],
        "roleArn": ROLE,
        "jobInput": {"s3DataSource": {"path": personalize.upload("in/users.json", text)}},
        "jobOutput": {"s3DataDestination": {"path": "s3://data/out/"}},
    }
    arn = personalize.call("CreateBatchInferenceJob", **request | more)["batchInferenceJobArn"]
    personalize.wait_idle()
    job = personalize.call("DescribeBatchInferenceJob", batchInferenceJobArn=arn)["batchInferenceJob"]
    written = personalize.s3.files.get(("data", "out/users.json.out"), b"")
    return job, [json.loads(line) for line in written.decode().splitlines()]


def test_given_users_when_inferred_then_each_has_a_line_and_invalid_ones_an_error(
    with_campaign: InProcessPersonalize,
) -> None:
    job, lines = infer(with_campaign, '{"userId": "u1"}\n\n{"user": "u2"}\n', numResults=3)
    assert job["status"] == "ACTIVE"
    assert lines[0]["input"] == {"userId": "u1"}
    assert len(lines[0]["output"]["recommendedItems"]) == len(lines[0]["output"]["scores"]) == 3
    assert lines[0]["error"] is None
    assert "userId" in lines[1]["error"]


def test_given_a_malformed_line_when_inferred_then_the_job_fails_and_names_it(
    with_campaign: InProcessPersonalize,
) -> None:
    job, _ = infer(with_campaign, '{"userId": "u1"}\nnot json\n')
    assert job["status"] == "CREATE FAILED"
    assert "line 2" in job["failureReason"]
    with pytest.raises(NotSupportedError, match="THEME_GENERATION"):
        infer(with_campaign, "", batchInferenceJobMode="THEME_GENERATION")


def test_given_items_when_inferred_by_a_related_items_recipe_then_each_has_items_without_scores(
    with_data: InProcessPersonalize,
) -> None:
    with_data.deploy("aws-sims")
    versions = with_data.call("ListSolutionVersions")["solutionVersions"]
    with_data.arns["version"] = versions[-1]["solutionVersionArn"]
    _, lines = infer(with_data, '{"itemId": "i3"}\n{"itemId": 3}\n', numResults=3)
    assert set(lines[0]["output"]) == {"recommendedItems"}
    assert set(lines[0]["output"]["recommendedItems"]) <= {f"i{n}" for n in range(20)} - {"i3"}
    assert lines[1]["error"] == "itemId is not a string."


def test_given_keys_when_inferred_then_the_output_is_encrypted_with_its_own(
    with_campaign: InProcessPersonalize,
) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
    source = {"path": with_campaign.upload("in/users.json", '{"userId": "u1"}'), "kmsKeyArn": key}
    job, _ = infer(
        with_campaign,
        '{"userId": "u1"}',
        jobInput={"s3DataSource": source},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/", "kmsKeyArn": key}},
    )
    assert job["status"] == "ACTIVE"
    written = with_campaign.s3.encryption["data", "out/users.json.out"]
    assert written == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key}


def test_given_an_exploration_of_a_job_then_it_is_completed_and_one_that_has_no_effect_is_refused(
    with_campaign: InProcessPersonalize,
) -> None:
    config = {"itemExplorationConfig": {"explorationWeight": "0.5"}}
    job, lines = infer(with_campaign, '{"userId": "u1"}', batchInferenceJobConfig=config)
    assert lines[0]["error"] is None
    assert job["batchInferenceJobConfig"]["itemExplorationConfig"] == {
        "explorationWeight": "0.5",
        "explorationItemAgeCutOff": "30",
    }
    with pytest.raises(InvalidInputError, match="has no depth"):
        infer(with_campaign, "", batchInferenceJobConfig={"itemExplorationConfig": {"depth": "1"}})
    with pytest.raises(InvalidInputError, match="themeGenerationConfig needs"):
        infer(with_campaign, "", themeGenerationConfig={"fieldsForThemeGeneration": {"itemName": "TITLE"}})
