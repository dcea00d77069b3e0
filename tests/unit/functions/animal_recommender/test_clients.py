"""The AWS clients."""

import io
import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from animal_recommender.clients import client


def test_given_the_same_arguments_then_the_client_is_made_once_and_with_its_limits() -> None:
    made = client("sqs", read_timeout=1.5, attempts=2)
    assert made is client("sqs", read_timeout=1.5, attempts=2)
    assert (made.meta.config.read_timeout, made.meta.config.retries["total_max_attempts"]) == (1.5, 2)
    assert made.meta.region_name == "eu-west-1"


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> list[bytes]:
        return [self.read()]


def _answers(status: int, document: object) -> Any:
    """A client of DynamoDB to which a service answers this document."""
    made = client("dynamodb", attempts=1, connections=status)
    body = _Body(json.dumps(document).encode())
    made.meta.events.register("before-send.dynamodb", lambda **_: AWSResponse("http://table", status, {}, body))
    return made


def test_given_items_of_dynamodb_then_every_kind_of_value_arrives_as_it_was_sent() -> None:
    item = {
        "pk": {"S": "pet#1"},
        "place": {"M": {"latitude": {"N": "48.2"}, "names": {"L": [{"S": "a"}, {"NULL": True}]}}},
        "tags": {"SS": ["a", "b"]},
        "isOpen": {"BOOL": False},
    }

    page = _answers(200, {"Items": [item], "Count": 1, "ScannedCount": 7}).scan(TableName="pets")

    assert (page["Items"], page["Count"], page["ScannedCount"]) == ([item], 1, 7)
    assert page["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_given_an_error_of_dynamodb_then_it_is_raised_with_its_code() -> None:
    refused = _answers(400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slower"})

    with pytest.raises(ClientError) as raised:
        refused.scan(TableName="pets")

    assert raised.value.response["Error"] == {"Code": "ThrottlingException", "Message": "slower"}
