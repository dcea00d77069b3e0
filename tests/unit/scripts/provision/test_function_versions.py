"""Old versions of functions: which stay, and which are deleted."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from scripts.provision.function_versions import prune


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client with the function `f`, whose versions are 1 to 5."""
    for name, value in {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as file:
        file.writestr("f.py", "")
    with mock_aws():
        trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
        role = boto3.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        made = boto3.client("lambda")
        code = {"ZipFile": package.getvalue()}
        made.create_function(FunctionName="f", Role=role["Arn"], Runtime="python3.13", Handler="f.f", Code=code)
        for number in range(5):
            made.update_function_configuration(FunctionName="f", Description=str(number))
            made.publish_version(FunctionName="f")
        yield made


def versions(client: Any) -> list[str]:
    return [one["Version"] for one in client.list_versions_by_function(FunctionName="f")["Versions"]]


def test_given_old_versions_then_the_live_one_and_one_before_stay(client: Any) -> None:
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="5")
    prune(client, "f")
    assert versions(client) == ["$LATEST", "4", "5"]
    prune(client, "f")
    assert versions(client) == ["$LATEST", "4", "5"]


def test_given_an_alias_that_was_set_back_by_hand_then_its_version_and_the_newest_stay(client: Any) -> None:
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="3")
    prune(client, "f")
    assert versions(client) == ["$LATEST", "3", "5"]


def test_given_an_alias_with_two_versions_then_both_stay(client: Any) -> None:
    shares = {"AdditionalVersionWeights": {"2": 0.1}}
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="5", RoutingConfig=shares)
    prune(client, "f")
    assert versions(client) == ["$LATEST", "2", "4", "5"]


@pytest.mark.parametrize(
    ("code", "raises"),
    [("ResourceConflictException", False), ("ResourceNotFoundException", False), ("AccessDeniedException", True)],
)
def test_given_a_version_that_is_gone_or_needed_meanwhile_then_the_others_are_deleted(
    client: Any, monkeypatch: pytest.MonkeyPatch, code: str, raises: bool
) -> None:
    real = client.delete_function

    def delete(FunctionName: str, Qualifier: str) -> Any:  # noqa: N803
        if Qualifier == "1":
            raise ClientError({"Error": {"Code": code, "Message": ""}}, "DeleteFunction")
        return real(FunctionName=FunctionName, Qualifier=Qualifier)

    client.create_alias(FunctionName="f", Name="live", FunctionVersion="5")
    monkeypatch.setattr(client, "delete_function", delete)
    if raises:
        with pytest.raises(ClientError):
            prune(client, "f")
    else:
        prune(client, "f")
        assert versions(client) == ["$LATEST", "1", "4", "5"]
