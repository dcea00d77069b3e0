"""Names that are free, taken, or left by an older deployment."""

import json

import boto3
import pytest

from scripts.common.findings import State
from scripts.deploy.preflight import files, names
from tests.unit.scripts.deploy.preflight.fakes import ACCOUNT, PREFIX, client, error, only, target


def test_bucket_names_that_are_free(aws):
    assert {one.state for one in names.check_buckets(target())} == {State.OK}


def test_the_bucket_names_are_those_of_the_module():
    declared = (files.ROOT / "modules" / "storage" / "main.tf").read_text()
    assert f"for noun in {json.dumps(list(names._BUCKETS))} :" in declared


@pytest.mark.parametrize(("environment", "status"), [("dev", State.OK), ("prod", State.FAILED)])
def test_a_bucket_that_exists_must_be_this_environments(aws, environment, status):
    s3, name = boto3.client("s3", region_name="us-east-1"), f"{PREFIX}-seed-{ACCOUNT}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "Environment", "Value": environment}]})
    assert next(names.check_buckets(target())).state == status


def test_a_bucket_of_another_account_fails():
    clients = {"s3": client(head_bucket=error("403")), "sts": client(get_caller_identity={"Account": ACCOUNT})}
    assert next(names.check_buckets(target(clients))).state == State.FAILED


def leftovers(groups=(), parameters=()):
    return {
        "ssm": client(get_parameters_by_path={"Parameters": list(parameters)}),
        "logs": client({"describe_log_groups": {"logGroups": [{"logGroupName": name} for name in groups]}}),
        "iam": client({"list_roles": {"Roles": [{"RoleName": "someone-else"}]}}),
        "personalize": client({"list_dataset_groups": {"datasetGroups": [{"name": "another"}]}}),
    }


def test_what_an_older_deployment_left_is_named():
    assert only(names.check_leftovers(target(leftovers()))).state == State.OK
    finding = only(names.check_leftovers(target(leftovers([f"/aws/lambda/{PREFIX}-{number}" for number in range(9)]))))
    assert finding.state == State.NOTE
    assert finding.detail.endswith("and 4 more")


def test_names_of_a_living_deployment_are_its_own():
    finding = only(names.check_leftovers(target(leftovers(["/aws/lambda/x"], [{"Name": "/animal-recommender/dev/x"}]))))
    assert finding.state == State.OK
