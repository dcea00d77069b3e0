"""Credentials, account, region and permissions."""

import pytest

from scripts.common.findings import State
from scripts.deploy.preflight import account
from tests.unit.scripts.deploy.preflight.fakes import ACCOUNT, client, only, target


def test_credentials_that_work_are_shown(aws):
    assert only(account.check_credentials(target())).detail.startswith(f"arn:aws:sts::{ACCOUNT}:")


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        ([ACCOUNT], State.OK),
        (["999999999999"], State.FAILED),
        (None, State.NOTE),
        (["999999999999", ACCOUNT], State.OK),
    ],
)
def test_the_account_must_be_allowed(aws, allowed, status):
    assert only(account.check_account(target(allowed_account_ids=allowed))).state == status


def test_a_region_without_personalize_names_those_that_have_it():
    finding = only(account.check_region(target({}, region="sa-east-1")))
    assert finding.state == State.FAILED
    assert "us-east-1" in finding.remedy


def test_another_region_in_the_shell_is_pointed_out(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    made = target({"personalize": client(list_dataset_groups={"datasetGroups": []})})
    assert [one.state for one in account.check_region(made)] == [State.NOTE, State.OK]
