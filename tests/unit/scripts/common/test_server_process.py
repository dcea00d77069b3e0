"""Servers are found by their command lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common import server_process


def test_given_a_server_in_the_process_table_then_its_port_and_folder_are_read(tmp_path):
    words = [sys.executable, *server_process.command_arguments(4567, tmp_path / "a folder")]
    assert server_process._parse(7, words) == server_process.ServerProcess(7, 4567, tmp_path / "a folder")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["python"],
        ["python", "-m", "http.server", "--port", "4566", "--data-dir", "/x"],
        ["grep", "-m local_aws serve --port 4566 --data-dir /x"],
        ["python", "-m", "local_aws", "serve", "--port", "many", "--data-dir", "/x"],
    ],
)
def test_given_another_program_then_it_is_no_server(words):
    assert server_process._parse(7, words) is None


def test_given_no_server_of_a_folder_then_none_is_found(tmp_path):
    assert server_process.find_server(tmp_path) is None


def test_given_the_output_of_ps_then_spaces_in_the_folder_are_kept(monkeypatch):
    line = "  812 /usr/bin/python3 -m local_aws serve --port 4566 --data-dir /Users/me/my folder/aws\n"
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, f"    1 /sbin/launchd\n{line}", "")
    )
    monkeypatch.setattr(server_process, "_PROCESSES", Path("/not/there"))
    assert [*server_process.list_servers()] == [
        server_process.ServerProcess(812, 4566, Path("/Users/me/my folder/aws"))
    ]
