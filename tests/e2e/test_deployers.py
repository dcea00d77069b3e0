"""The roles of `examples/deployers`: the whole suite applies and destroys with them, and these tests plan."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from scripts.check.access.report import parse
from scripts.common import environments, terraform
from scripts.common.environments import TERRAFORM_DIRECTORY
from scripts.demo import deployers
from tests.support.service_authorization import find_problems

WITHOUT_KEY = "planner-without-key"


def plan(credentials: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [terraform.find_binary(), "plan", "-detailed-exitcode", "-no-color", "-input=false", "-lock=false"],
        cwd=TERRAFORM_DIRECTORY,
        env=environments.variables("local") | dict(credentials),
        capture_output=True,
        text=True,
        check=False,
    )


def documents(system: Any, deployer: str) -> list[dict]:
    """The policies that are attached to the role of a deployer."""
    iam, role = system.client("iam"), deployers.NAME.format(deployer)
    found = []
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        got = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)
        found.append(got["PolicyVersion"]["Document"])
    return found


@pytest.mark.parametrize("deployer", ["plan", "apply", "destroy"])
def test_given_a_deployer_then_its_policies_are_valid_and_fit(system, deployer):
    policies = documents(system, deployer)
    assert len(policies) == (2 if deployer == "plan" else 4)
    assert [find_problems(policy) for policy in policies] == [[]] * len(policies)
    assert all(len(json.dumps(policy, separators=(",", ":"))) <= 6144 for policy in policies)


def test_given_the_planner_when_it_plans_what_was_applied_then_nothing_changes(system):
    done = plan(deployers.assume(system.local, "plan"))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@pytest.fixture
def planner_without_key(system: Any) -> Iterator[dict[str, str]]:
    """Credentials of a role that may do what the planner may, but not decrypt."""
    iam = system.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    role = iam.create_role(RoleName=WITHOUT_KEY, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]
    for number, policy in enumerate(documents(system, "plan")):
        for statement in policy["Statement"]:
            if "kms:Decrypt" in statement["Action"]:
                statement["Action"].remove("kms:Decrypt")
        iam.put_role_policy(RoleName=WITHOUT_KEY, PolicyName=str(number), PolicyDocument=json.dumps(policy))
    keys = system.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="plan")["Credentials"]
    names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey"}
    yield {name: keys[key] for name, key in names.items()} | {"AWS_SESSION_TOKEN": keys["SessionToken"]}
    for name in iam.list_role_policies(RoleName=WITHOUT_KEY)["PolicyNames"]:
        iam.delete_role_policy(RoleName=WITHOUT_KEY, PolicyName=name)
    iam.delete_role(RoleName=WITHOUT_KEY)


def test_given_a_planner_without_decrypt_when_it_plans_what_was_applied_then_it_fails_as_on_aws(
    system, planner_without_key
):
    done = plan(planner_without_key)
    assert done.returncode == 1
    told = " ".join(done.stderr.split())
    assert "DescribeStateMachine" in told
    assert "kms:Decrypt" in told
    session = boto3.Session(*planner_without_key.values())
    name = system.outputs["function_names"]["recommend"]
    read = session.client("lambda").get_function(FunctionName=name)["Configuration"]["Environment"]
    assert "Variables" not in read
    assert read["Error"]["ErrorCode"] == "AccessDeniedException"


@pytest.mark.after_all_others(5)
def test_given_all_applies_and_the_destroy_then_deployers_used_what_they_have_and_were_refused_nothing(
    system, access, known
):
    found = parse(system.access(), known)
    ours = [grant for grant in found.grants if grant.role.startswith("deployer-")]
    assert {grant.role for grant in ours} == {"deployer-plan", "deployer-apply", "deployer-destroy"}
    assert [grant for grant in ours if grant.is_unexplained] == []
    assert [denial for denial in found.denials if denial.role.startswith("deployer-")] == []
