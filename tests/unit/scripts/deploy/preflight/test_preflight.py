import json

import boto3
import pytest
from moto import mock_aws

from scripts.deploy.preflight import __main__ as preflight
from scripts.deploy.preflight import account, files, names, quotas
from scripts.deploy.preflight.findings import FAIL, OK, WARN, Check, Finding, run_check
from tests.unit.scripts.deploy.fakes import ACCOUNT, PREFIX, client, error, only, target


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


# ---- account ----


def test_credentials_that_work_are_shown(aws):
    assert only(account.check_credentials(target())).detail.startswith(f"arn:aws:sts::{ACCOUNT}:")


def test_credentials_that_fail_end_the_look_at_the_account(monkeypatch):
    made = target({"sts": client(get_caller_identity=error("ExpiredToken"))})
    monkeypatch.setattr(preflight, "ON_THIS_MACHINE", ())
    assert [(one.check, one.status) for one in preflight.run_checks(made)] == [("Credentials", FAIL)]


@pytest.mark.parametrize(
    ("allowed", "status"), [([ACCOUNT], OK), (["999999999999"], FAIL), (None, WARN), (["999999999999", ACCOUNT], OK)]
)
def test_the_account_must_be_allowed(aws, allowed, status):
    assert only(account.check_account(target(allowed_account_ids=allowed))).status == status


def test_a_region_without_personalize_names_those_that_have_it():
    finding = only(account.check_region(target({}, region="sa-east-1")))
    assert finding.status == FAIL
    assert "us-east-1" in finding.remedy


def test_another_region_in_the_shell_is_pointed_out(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    made = target({"personalize": client(list_dataset_groups={"datasetGroups": []})})
    assert [one.status for one in account.check_region(made)] == [WARN, OK]


def simulator(*denied):
    results = [
        {"EvalActionName": action, "EvalDecision": "implicitDeny" if action in denied else "allowed"}
        for action in account._ACTIONS
    ]
    return {
        "sts": client(get_caller_identity={"Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/me"}),
        "iam": client(
            {"simulate_principal_policy": {"EvaluationResults": results}},
            get_role={"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/teams/ops"}},
        ),
    }


def test_permissions_that_lack_are_named():
    assert only(account.check_permissions(target(simulator()))).status == OK
    finding = only(account.check_permissions(target(simulator("iam:PassRole"))))
    assert finding.status == WARN
    assert "iam:PassRole" in finding.detail


# ---- quotas ----


def personalize(groups=0, applied=None):
    quota = error("NoSuchResourceException") if applied is None else {"Quota": {"Value": float(applied)}}
    return {
        "personalize": client(
            {
                "list_dataset_groups": {"datasetGroups": [{"name": f"group-{number}"} for number in range(groups)]},
                "list_schemas": {"schemas": []},
            }
        ),
        "service-quotas": client(get_service_quota=quota),
    }


def test_an_empty_account_has_room_for_personalize():
    assert {one.status for one in quotas.check_personalize(target(personalize()))} == {OK}


def test_no_room_for_another_dataset_group_fails():
    first = next(quotas.check_personalize(target(personalize(groups=5))))
    assert first == Finding(
        "Personalize dataset groups",
        FAIL,
        "5 in use, 1 to come, limit 5 (the default)",
        "request more in the console: Service Quotas",
    )


def test_the_applied_quota_counts_before_the_default():
    first = next(quotas.check_personalize(target(personalize(groups=5, applied=20))))
    assert (first.status, first.detail) == (OK, "5 in use, 1 to come, limit 20")


def test_a_group_that_exists_is_not_counted_twice():
    clients = personalize(groups=4)
    clients["personalize"].get_paginator("list_dataset_groups").paginate()[0]["datasetGroups"].append({"name": PREFIX})
    assert next(quotas.check_personalize(target(clients))).detail.startswith("5 in use, 0 to come")


def test_more_capacity_than_a_campaign_takes_fails():
    found = list(
        quotas.check_personalize(target(personalize(), models={"recommender": {"minimum_provisioned_tps": 600}}))
    )
    assert (found[-1].check, found[-1].status) == ("TPS of recommender", FAIL)


def test_streams_and_roles_are_counted(aws):
    boto3.client("iam").create_role(RoleName=f"{PREFIX}-recommend", AssumeRolePolicyDocument=json.dumps({}))
    assert only(quotas.check_streams(target())).detail.startswith("0 in use, 1 to come")
    assert only(quotas.check_roles(target())).detail.startswith("1 in use, 5 to come")


@pytest.mark.parametrize(
    ("total", "reserved", "status"), [(1000, None, OK), (10, None, WARN), (1000, 950, FAIL), (1000, 900, OK)]
)
def test_concurrency(total, reserved, status):
    limits = {"AccountLimit": {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": total}}
    made = target(
        {"lambda": client(get_account_settings=limits)}, functions={"recommend": {"reserved_concurrency": reserved}}
    )
    assert only(quotas.check_concurrency(made)).status == status


# ---- names ----


def test_bucket_names_that_are_free(aws):
    assert {one.status for one in names.check_buckets(target())} == {OK}


def test_the_bucket_names_are_those_of_the_module():
    declared = (files.ROOT / "modules" / "storage" / "main.tf").read_text()
    assert f"for noun in {json.dumps(list(names._BUCKETS))} :" in declared


@pytest.mark.parametrize(("environment", "status"), [("dev", OK), ("prod", FAIL)])
def test_a_bucket_that_exists_must_be_this_environments(aws, environment, status):
    s3, name = boto3.client("s3", region_name="us-east-1"), f"{PREFIX}-seed-{ACCOUNT}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "Environment", "Value": environment}]})
    assert next(names.check_buckets(target())).status == status


def test_a_bucket_of_another_account_fails():
    clients = {"s3": client(head_bucket=error("403")), "sts": client(get_caller_identity={"Account": ACCOUNT})}
    assert next(names.check_buckets(target(clients))).status == FAIL


def leftovers(groups=(), parameters=()):
    return {
        "ssm": client(get_parameters_by_path={"Parameters": list(parameters)}),
        "logs": client({"describe_log_groups": {"logGroups": [{"logGroupName": name} for name in groups]}}),
        "iam": client({"list_roles": {"Roles": [{"RoleName": "someone-else"}]}}),
        "personalize": client({"list_dataset_groups": {"datasetGroups": [{"name": "another"}]}}),
    }


def test_what_an_older_deployment_left_is_named():
    assert only(names.check_leftovers(target(leftovers()))).status == OK
    finding = only(names.check_leftovers(target(leftovers([f"/aws/lambda/{PREFIX}-{number}" for number in range(9)]))))
    assert finding.status == WARN
    assert finding.detail.endswith("and 4 more")


def test_names_of_a_living_deployment_are_its_own():
    finding = only(names.check_leftovers(target(leftovers(["/aws/lambda/x"], [{"Name": "/animal-recommender/dev/x"}]))))
    assert finding.status == OK


# ---- as a whole ----


@pytest.mark.parametrize("code", ["AccessDeniedException", "404"])
def test_what_may_not_be_looked_at_is_a_warning(code):
    finding = only(
        run_check(
            Check("Lambda concurrency", quotas.check_concurrency),
            target({"lambda": client(get_account_settings=error(code))}),
        )
    )
    assert (finding.check, finding.status) == ("Lambda concurrency", WARN)
    assert finding.detail == f"Look: {code}: because"


def test_the_command_fails_if_something_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(preflight.tfvars, "read", lambda *_: target().configuration)
    monkeypatch.setattr(
        preflight, "run_checks", lambda _: [Finding("A", OK, "good", "x"), Finding("B", FAIL, "bad", "mend it")]
    )
    assert preflight.main(["--environment", "dev"]) == 1
    assert "1 to put right before `make apply ENV=dev`" in capsys.readouterr().err
    monkeypatch.setattr(
        preflight, "run_checks", lambda _: [Finding("A", OK, "good", "x"), Finding("B", WARN, "so so", "see")]
    )
    assert preflight.main(["--environment", "dev"]) == 0
