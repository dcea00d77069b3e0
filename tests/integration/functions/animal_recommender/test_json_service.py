"""Calls without a client of botocore, against real services of the local AWS."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from animal_recommender.aws_errors import error_code
from animal_recommender.json_service import JsonService
from local_aws.testing.server import LocalAws, run_server


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with run_server(tmp_path_factory.mktemp("json-service")) as server:
        yield server


@pytest.fixture
def ssm(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> JsonService:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    return JsonService("ssm", "AmazonSSM", connect_timeout=2, read_timeout=10)


def test_a_call_returns_what_the_service_has(aws: LocalAws, ssm: JsonService) -> None:
    # given
    aws.client("ssm").put_parameter(Name="/a/é", Value="ü", Type="String")
    ssm.connect()

    # when
    answer = ssm.call("GetParameters", {"Names": ["/a/é", "/a/nothing"]})

    # then
    assert [(one["Name"], one["Value"]) for one in answer["Parameters"]] == [("/a/é", "ü")]
    assert answer["InvalidParameters"] == ["/a/nothing"]


def test_a_refusal_has_the_code_of_the_service(ssm: JsonService) -> None:
    with pytest.raises(ClientError) as caught:
        ssm.call("GetParameter", {"Name": "/nobody"})

    assert error_code(caught.value) == "ParameterNotFound"


def test_a_service_that_does_not_answer_is_an_error_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_ENDPOINT_URL_FIREHOSE", "http://127.0.0.1:9")
    firehose = JsonService("firehose", "Firehose_20150804", connect_timeout=1, read_timeout=1)

    # when, then
    firehose.connect()
    with pytest.raises(BotoCoreError):
        firehose.call("PutRecord", {"DeliveryStreamName": "f", "Record": {"Data": ""}})
