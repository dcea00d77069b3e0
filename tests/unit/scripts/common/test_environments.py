"""Which AWS a command speaks to."""

from __future__ import annotations

import pytest

from scripts.common import environments, terraform
from scripts.common.task import TaskError


def test_given_dev_then_the_callers_identity_is_left_alone(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "shelter")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    chosen = environments.variables("dev")
    assert chosen["AWS_PROFILE"] == "shelter"
    assert "AWS_ENDPOINT_URL" not in chosen
    assert "TF_DATA_DIR" not in chosen


def test_given_local_then_no_real_identity_reaches_it(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "real")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    chosen = environments.variables("local")
    assert "real" not in chosen.values()
    assert chosen["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_given_a_configuration_file_that_is_not_there_then_terraform_is_not_told_of_it(monkeypatch, tmp_path):
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "missing"))
    assert "TF_CLI_CONFIG_FILE" not in environments.variables("dev")


def test_given_a_mirror_on_disk_when_the_registry_is_out_of_reach_then_init_uses_it(monkeypatch, tmp_path):
    (tmp_path / "mirror" / "registry.terraform.io" / "hashicorp" / "aws").mkdir(parents=True)
    monkeypatch.setattr(terraform, "_MIRRORS", (str(tmp_path / "*"),))
    monkeypatch.setattr(terraform, "_registry_answers", lambda: False)
    variables: dict[str, str] = {}
    terraform.use_mirror_if_offline(variables)
    assert variables == {"TF_CLI_ARGS_init": f"-plugin-dir={tmp_path / 'mirror'}"}


def test_given_arguments_for_init_then_they_are_left_alone(monkeypatch):
    monkeypatch.setattr(terraform, "_registry_answers", lambda: False)
    variables = {"TF_CLI_ARGS_init": "-upgrade"}
    terraform.use_mirror_if_offline(variables)
    assert variables == {"TF_CLI_ARGS_init": "-upgrade"}


def test_given_a_remote_state_then_a_local_run_refuses_to_touch_it(monkeypatch, tmp_path):
    for name in ("local.tfvars", "backend.tf"):
        (tmp_path / name).touch()
    monkeypatch.setattr(terraform, "TERRAFORM_DIRECTORY", tmp_path)
    with pytest.raises(TaskError, match="remote state"):
        terraform.prepare("local")


def test_given_an_unknown_environment_then_the_known_ones_are_named():
    with pytest.raises(TaskError, match="dev, local, prod"):
        terraform.prepare("staging")
