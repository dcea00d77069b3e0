"""Which AWS a command speaks to."""

from __future__ import annotations

from scripts.common import environments


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
