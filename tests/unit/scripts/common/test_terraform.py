"""Which Terraform runs, and how it is prepared."""

import os
import socket

import pytest

from scripts.common import terraform, terraform_release
from scripts.common.task import TaskError


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


def test_a_terraform_that_is_too_old_is_passed_over(tmp_path, monkeypatch):
    old = tmp_path / "bin" / "terraform"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho Terraform v1.5.7\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.delenv("TERRAFORM", raising=False)
    monkeypatch.setattr(terraform_release, "ensure_installed", lambda: tmp_path / "pinned")
    assert terraform.find_binary() == str(tmp_path / "pinned")
    monkeypatch.setenv("TERRAFORM", str(old))
    with pytest.raises(TaskError, match="older than"):
        terraform.find_binary()


def test_given_arguments_in_the_shell_then_the_version_is_read_without_them(tmp_path, monkeypatch):
    program = tmp_path / "tofu"
    program.write_text('#!/bin/sh\n[ -z "$TF_CLI_ARGS" ] && echo OpenTofu v1.11.0\n')
    program.chmod(0o755)
    monkeypatch.setenv("TERRAFORM", str(program))
    monkeypatch.setenv("TF_CLI_ARGS", "-no-such-argument")
    assert terraform.find_binary() == str(program)


def test_given_outputs_that_cannot_be_read_then_terraforms_words_are_shown(tmp_path, monkeypatch):
    program = tmp_path / "failing"
    program.write_text('#!/bin/sh\n[ "$1" = version ] && echo Terraform v1.11.0 || { echo No state. >&2; exit 1; }\n')
    program.chmod(0o755)
    monkeypatch.setenv("TERRAFORM", str(program))
    with pytest.raises(TaskError, match=r"terraform output -json failed:\s+No state\."):
        terraform.read_outputs(dict(os.environ))


def test_given_no_local_aws_when_terraform_is_run_on_it_then_it_says_how_to_start_it(tmp_path, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("LOCAL_AWS_DIR", str(tmp_path))
        monkeypatch.setenv("LOCAL_AWS_PORT", str(probe.getsockname()[1]))
        with pytest.raises(TaskError, match="The local AWS is down"):
            terraform.prepare("local")
