"""Which AWS a command speaks to."""

from __future__ import annotations

import os
import socket

import pytest

from scripts.common import environments
from scripts.common.task import TaskError

ELSEWHERE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "MOTO_ACCOUNT_ID",
    "PYTHONHOME",
    "PYTHONOPTIMIZE",
    "PYTHONPATH",
    "PYTHONSAFEPATH",
    "PYTHONWARNINGS",
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_plan",
    "TF_CLI_ARGS_import",
    "TF_DATA_DIR",
    "TF_REATTACH_PROVIDERS",
    "TF_VAR_alarms",
    "TF_WORKSPACE",
)


@pytest.fixture
def own_environment(monkeypatch):
    """Restore all environment variables after the test."""
    before = dict(os.environ)
    yield monkeypatch
    os.environ.clear()
    os.environ.update(before)


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


@pytest.mark.parametrize("name", ["TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TMPDIR"])
def test_given_a_file_or_folder_that_is_not_there_then_terraform_is_not_told_of_it(monkeypatch, tmp_path, name):
    monkeypatch.setenv(name, str(tmp_path / "missing"))
    assert name not in environments.variables("dev")
    monkeypatch.setenv(name, str(tmp_path))
    assert environments.variables("dev")[name] == str(tmp_path)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_given_a_variable_for_another_aws_when_local_is_entered_then_it_has_no_effect(own_environment, tmp_path, name):
    own_environment.setenv("LOCAL_AWS_DIR", str(tmp_path / "local"))
    own_environment.setenv(name, "elsewhere")
    environments.enter("local")
    assert "elsewhere" not in os.environ.get(name, "")
    assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_given_a_provider_mirror_then_terraform_keeps_it(own_environment):
    own_environment.setenv("TF_CLI_ARGS_init", "-plugin-dir=/mirror")
    assert environments.variables("local")["TF_CLI_ARGS_init"] == "-plugin-dir=/mirror"


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        (None, None, "127.0.0.1,localhost,.localhost"),
        ("localhost", None, "localhost,127.0.0.1,.localhost"),
        ("a.example, b.example", "c.example", "a.example,b.example,c.example,127.0.0.1,localhost,.localhost"),
        ("*", "a.example", "*"),
    ],
)
def test_given_a_proxy_then_this_machine_is_reached_without_it(monkeypatch, upper, lower, expected):
    for name, value in (("NO_PROXY", upper), ("no_proxy", lower)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    chosen = environments.variables("local")
    assert (chosen["NO_PROXY"], chosen["no_proxy"]) == (expected, expected)


def test_given_no_local_aws_when_a_command_needs_it_then_it_says_how_to_start_it(own_environment, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        own_environment.setenv("LOCAL_AWS_DIR", str(tmp_path / "local"))
        own_environment.setenv("LOCAL_AWS_PORT", str(probe.getsockname()[1]))
        with pytest.raises(TaskError, match=r"The local AWS is down.* `make up` starts it"):
            environments.enter_running_local()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "4566 ", "http", "\u0664"])
def test_given_a_port_that_is_none_then_it_is_named(monkeypatch, port):
    monkeypatch.setenv("LOCAL_AWS_PORT", port)
    with pytest.raises(TaskError, match="is not a port"):
        environments.local()


def test_given_empty_names_then_they_count_as_not_set(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCAL_AWS_DIR", "")
    monkeypatch.setenv("LOCAL_AWS_PORT", "")
    assert environments.local().directory == environments.ROOT / ".local"
