"""Which account and region an operator's command speaks to."""

from __future__ import annotations

import os

import boto3
import pytest

from scripts.common import tfvars
from scripts.common.task import TaskError
from scripts.operate import deployment


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """Return a shell whose default profile is in another region; its variables are restored afterwards."""
    before = dict(os.environ)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text("[default]\nregion = eu-central-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    yield monkeypatch
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("variable", [None, "AWS_REGION", "AWS_DEFAULT_REGION"])
def test_given_any_region_in_the_shell_then_that_of_the_tfvars_is_used(shell, variable):
    if variable:
        shell.setenv(variable, "ap-south-1")
    deployment.connect("dev")
    assert boto3.Session().region_name == tfvars.read("dev").variables["region"]
    assert os.environ["AWS_REGION"] == os.environ["AWS_DEFAULT_REGION"] == boto3.Session().region_name


@pytest.mark.parametrize(("region", "used"), [(None, "eu-central-1"), ("us-west-2", "us-west-2")])
def test_given_an_environment_of_another_configuration_then_the_shells_region_is_used(shell, region, used):
    if region:
        shell.setenv("AWS_REGION", region)
    deployment.connect("elsewhere")
    assert boto3.Session().region_name == used


def test_given_no_region_at_all_then_the_known_environments_are_named(shell):
    shell.setenv("AWS_CONFIG_FILE", os.devnull)
    with pytest.raises(TaskError, match=r"ENV=elsewhere has no terraform/elsewhere\.tfvars\. Known: dev"):
        deployment.connect("elsewhere")


def test_given_nothing_is_published_then_the_remedies_are_those_that_count(shell):
    class Nothing:
        def client(self, _):
            return self

        def get_paginator(self, _):
            return self

        def paginate(self, **_):
            return [{"Parameters": []}]

    for environment, remedy in (
        ("dev", r"terraform/dev\.tfvars has the region"),
        ("x", "AWS_REGION"),
        ("local", "make up"),
    ):
        with pytest.raises(TaskError, match=remedy):
            deployment.Deployment(environment, Nothing()).name("x")
