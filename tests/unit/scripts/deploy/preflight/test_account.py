"""Credentials, account, region and permissions."""

import pytest

from scripts.deploy.preflight import account
from scripts.deploy.preflight.findings import FAIL, OK, WARN
from tests.unit.scripts.deploy.preflight.fakes import ACCOUNT, client, only, target


def test_credentials_that_work_are_shown(aws):
    assert only(account.check_credentials(target())).detail.startswith(f"arn:aws:sts::{ACCOUNT}:")


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
