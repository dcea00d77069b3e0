"""start_batch: for whom it asks, and the job that it starts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from animal_recommender.validation import ValidationError
from local_aws.testing.personalize_account import PersonalizeAccount
from start_batch.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext, FakeS3, validate
from tests.unit.functions.retraining import CAMPAIGN

SETTINGS = Settings(CAMPAIGN, "history", "seed", "arn:aws:iam::123456789012:role/personalize", "test-batch-", 5)
NOW = datetime(2026, 11, 27, 6, 0, 12, 345, tzinfo=UTC)
JOB = "test-batch-20261127-060012-000345"


class FakeHistory:
    """A table that has two items on each page of a scan."""

    def __init__(self, *partitions: str) -> None:
        self._keys = [{"pk": {"S": one}} for one in partitions]

    def scan(self, **parameters: Any) -> dict[str, Any]:
        validate("dynamodb", "Scan", parameters)
        begin = int(parameters.get("ExclusiveStartKey", {}).get("pk", {"S": "0"})["S"])
        more = {"LastEvaluatedKey": {"pk": {"S": str(begin + 2)}}} if begin + 2 < len(self._keys) else {}
        return {"Items": self._keys[begin : begin + 2], **more}


@pytest.fixture
def start(account: PersonalizeAccount, campaign: Any, s3: FakeS3, context: FakeContext) -> Any:
    """Return a function that starts a batch of a deployment whose campaign serves a version."""
    campaign.add("old")

    def run(event: Any, *partitions: str, settings: Settings = SETTINGS) -> Any:
        handler = make_handler(
            settings,
            personalize=account.client(),
            dynamodb=FakeHistory(*partitions),  # type: ignore[arg-type]
            s3=s3,  # type: ignore[arg-type]
            now=lambda: NOW,
        )
        return handler(event, context)

    return run


def users(s3: FakeS3) -> list[str]:
    """The users of the job's input."""
    return [json.loads(line)["userId"] for line in s3.body.decode().splitlines()]


def test_given_a_history_then_the_batch_is_for_each_of_its_users_once_and_for_no_session(
    start: Any, account: PersonalizeAccount, campaign: Any, s3: FakeS3
) -> None:
    started = start({}, "userId#a", "userId#a", "session#s", "userId#Zoë#1", "userId#b")

    assert users(s3) == ["a", "Zoë#1", "b"]
    assert (started["users"], started["output"]) == (3, f"s3://seed/batch/{JOB}/users.json.out")
    request = dict(account.changes)["CreateBatchInferenceJob"]
    assert request["jobName"] == JOB
    assert request["solutionVersionArn"] == campaign.versions["old"]
    assert request["jobInput"] == {"s3DataSource": {"path": f"s3://seed/batch/{JOB}/users.json"}}
    assert (request["numResults"], request["roleArn"]) == (5, SETTINGS.role_arn)
    assert "filterArn" not in request


def test_given_users_in_the_request_then_the_batch_is_for_them(start: Any, s3: FakeS3) -> None:
    assert start({"users": ["7", 8, "7"]}, "userId#other")["users"] == 2
    assert users(s3) == ["7", "8"]


def test_given_a_file_of_users_then_the_batch_is_for_them(start: Any, s3: FakeS3) -> None:
    s3.objects["batch/users/mine.txt"] = "\ufeffa\r\n\n b \n".encode()

    assert start({"usersKey": "batch/users/mine.txt"}, "userId#other")["users"] == 2
    assert users(s3) == ["a", "b"]


def test_given_nobody_then_no_job_is_started(start: Any, account: PersonalizeAccount) -> None:
    assert start({}, "session#s") == {"jobArn": None, "users": 0, "output": None}
    assert [name for name, _ in account.changes] == []


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"users": []}, "users"),
        ({"users": [{}]}, "users"),
        ({"users": "all"}, "users"),
        ({"usersKey": "seed/items.csv"}, "usersKey"),
        ({"user": "7"}, "user"),
    ],
)
def test_given_a_wrong_request_then_the_field_is_named(start: Any, event: Any, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        start(event)
    assert [error.field for error in raised.value.errors] == [field]


def test_given_a_service_that_refuses_then_the_invocation_fails(start: Any, account: PersonalizeAccount) -> None:
    account.refuse_next("CreateBatchInferenceJob", "LimitExceededException")
    with pytest.raises(ClientError, match="LimitExceededException"):
        start({"users": ["7"]})
