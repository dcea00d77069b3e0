"""A role that was just made cannot be assumed yet, if a setting says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.roles import make_role, policy, statement
from local_aws.testing.server import LocalAws, run_server, unique_name

CODE = "def handler(event, context):\n    return 1\n"


@pytest.fixture(scope="module")
def slow_iam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    folder: Path = tmp_path_factory.mktemp("slow-iam")
    with run_server(folder, LOCAL_NEW_ROLE_SECONDS="3") as server:
        yield server


def test_given_a_new_role_then_a_service_cannot_assume_it_until_some_seconds_later(
    slow_iam: LocalAws, eventually: Any
) -> None:
    role = make_role(slow_iam.client("iam"), unique_name("role"), ["lambda"])
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        slow_iam.create_function(CODE, Role=role)

    def create() -> str | None:
        try:
            return slow_iam.create_function(CODE, Role=role)
        except ClientError:
            return None

    assert eventually(create)


def test_given_a_new_role_then_a_dataset_group_with_it_fails_for_good_and_says_why(
    slow_iam: LocalAws, eventually: Any
) -> None:
    role = make_role(slow_iam.client("iam"), unique_name("role"), ["personalize"], statement("kms:*", Resource="*"))
    service = statement("kms:*", Resource="*", Principal={"Service": "personalize.amazonaws.com", "AWS": "*"})
    key = slow_iam.client("kms").create_key(Policy=policy(service))["KeyMetadata"]["Arn"]
    personalize = slow_iam.client("personalize")

    def create() -> dict[str, Any]:
        made = personalize.create_dataset_group(name=unique_name("group"), kmsKeyArn=key, roleArn=role)

        def settled() -> dict[str, Any] | None:
            found = personalize.describe_dataset_group(datasetGroupArn=made["datasetGroupArn"])["datasetGroup"]
            return found if found["status"] in ("ACTIVE", "CREATE FAILED") else None

        return dict(eventually(settled))

    first = create()
    assert first["status"] == "CREATE FAILED"
    assert first["failureReason"].startswith("Insufficient privileges for the KMS key: ")
    assert eventually(lambda: create()["status"] == "ACTIVE")
