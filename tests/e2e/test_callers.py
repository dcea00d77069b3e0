"""The policies for apps, as Terraform prints them: each allows what an app does, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.service_authorization import find_problems

PARAMETERS = "/animal-recommender/local"
EVENT = {
    "userId": "caller-of-a-test",
    "sessionId": "session-of-a-test",
    "eventType": "DetailView",
    "animal_id": "1",
    "animalMetadata": {
        "animal_species_id": "1",
        "animal_primary_breed_id": "Bengal",
        "animal_size_id": "2",
        "animal_age_id": "2",
    },
}


@pytest.fixture
def app_with(system: Any) -> Iterator[Callable[[str], boto3.Session]]:
    """Make a session of an app whose role has one of the printed policies and nothing else."""
    iam, made = system.client("iam"), []
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}

    def session(output: str) -> boto3.Session:
        role = iam.create_role(RoleName=output, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]
        made.append(output)
        iam.put_role_policy(RoleName=output, PolicyName="app", PolicyDocument=system.outputs[output])
        keys = system.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="app")["Credentials"]
        return boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    yield session
    for name in made:
        iam.delete_role_policy(RoleName=name, PolicyName="app")
        iam.delete_role(RoleName=name)


def published(app: boto3.Session, name: str) -> str:
    return app.client("ssm").get_parameter(Name=f"{PARAMETERS}/{name}")["Parameter"]["Value"]


def test_given_the_stream_writers_policy_then_an_app_finds_the_stream_and_writes_to_it_only(system, app_with):
    app = app_with("stream_writer_policy")
    kinesis, stream = app.client("kinesis"), published(app, "stream-name")
    record = {"Data": json.dumps(EVENT).encode(), "PartitionKey": EVENT["userId"]}
    assert kinesis.put_record(StreamName=stream, **record)["ShardId"]
    assert kinesis.put_records(StreamName=stream, Records=[record])["FailedRecordCount"] == 0
    with pytest.raises(ClientError, match="not authorized to perform: kinesis:ListShards"):
        kinesis.list_shards(StreamName=stream)
    with pytest.raises(ClientError, match="not authorized to perform: lambda:InvokeFunction"):
        app.client("lambda").invoke(FunctionName=system.outputs["function_names"]["recommend"])


@pytest.mark.parametrize("function", ["recommend", "get_history"])
def test_given_the_callers_policy_then_an_app_invokes_the_alias_only(system, app_with, function):
    app = app_with("function_caller_policy")
    functions, name = app.client("lambda"), published(app, f"functions/{function}")
    assert name.endswith(":live")
    answer = functions.invoke(FunctionName=name, Payload=b'{"userId": "12345", "limit": 3}')
    assert "FunctionError" not in answer
    for other in (name.removesuffix(":live"), f"{system.outputs['function_names']['put_events']}:live"):
        with pytest.raises(ClientError, match="not authorized to perform: lambda:InvokeFunction"):
            functions.invoke(FunctionName=other)


def test_given_the_pets_writers_policy_then_an_app_puts_pets_and_feeds_and_nothing_else(system, app_with):
    app = app_with("pets_writer_policy")
    answer = app.client("lambda").invoke(
        FunctionName=published(app, "functions/put_pets"), Payload=b'{"ids": ["nobody"]}'
    )
    assert "FunctionError" not in answer
    s3, bucket = app.client("s3"), published(app, "pets-bucket")
    s3.put_object(Bucket=bucket, Key="feeds/changes/caller.jsonl", Body=b"{}")
    for key in ("reports/0.json", "mappings/asm3.json", "catalogue/snapshot"):
        with pytest.raises(ClientError, match="not authorized to perform: s3:PutObject"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    with pytest.raises(ClientError, match="not authorized to perform: lambda:InvokeFunction"):
        app.client("lambda").invoke(FunctionName=f"{system.outputs['function_names']['recommend']}:live")


@pytest.mark.parametrize(
    "output",
    [
        "function_caller_policy",
        "http_api_caller_policy",
        "http_api_pets_writer_policy",
        "pets_writer_policy",
        "stream_writer_policy",
    ],
)
def test_given_a_printed_policy_then_its_actions_resources_and_conditions_exist(system, output):
    assert find_problems(json.loads(system.outputs[output])) == []
