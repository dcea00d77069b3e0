"""Shell lines that point other tools at the local AWS."""

import subprocess

from scripts.common import environments
from scripts.common.terminal import console
from scripts.demo import local_system


def test_given_a_folder_with_a_space_then_a_shell_reads_the_exports_as_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCAL_AWS_DIR", str(tmp_path / "my folder"))
    script = f'{local_system.format_exports(environments.local())}\nprintf "%s" "$TF_DATA_DIR"'
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown == str(tmp_path / "my folder" / "terraform")


def test_given_variables_for_another_aws_then_the_exports_remove_them_from_the_shell(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCAL_AWS_DIR", str(tmp_path))
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TF_WORKSPACE"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "elsewhere")
    script = f"{local_system.format_exports(environments.local())}\nenv"
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert "elsewhere" not in shown
    assert "NO_PROXY=" in shown


def test_given_a_command_that_does_not_exist_then_the_known_ones_are_named(capsys):
    assert local_system.main(["go"]) == 2
    assert "up|status|down|env" in capsys.readouterr().err


def test_given_a_terminal_of_80_columns_then_what_runs_is_printed_in_one_piece(monkeypatch, capsys):
    monkeypatch.setattr(console, "width", 80)
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{'a' * 60}"
    outputs = dict.fromkeys(local_system._SHOWN_OUTPUTS, arn)
    more = {"campaign_arns": {"recommender": arn}, "function_names": {"recommend": "a-recommend"}}
    local_system._print_resources(outputs | more)
    lines = capsys.readouterr().out.splitlines()
    assert f"state machine arn     {arn}" in lines
    assert f"campaign recommender  {arn}" in lines
    assert "function recommend    a-recommend" in lines
