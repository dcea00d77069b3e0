"""The pytest plugin in the project of somebody else: a folder of its own, and only the distribution installed."""

import os
import subprocess
import sys
from pathlib import Path

SHOP = """
import boto3

def count_topics():
    return len(boto3.client("sns").list_topics()["Topics"])
"""
TESTS = """
import os
import urllib.request

import pytest
from shop import count_topics


def test_the_code_under_test_uses_the_local_aws(local_aws_environment):
    before = count_topics()
    local_aws_environment.client("sns").create_topic(Name="orders")
    assert count_topics() == before + 1


def test_the_environment_is_set_only_for_tests_that_ask(local_aws):
    assert "AWS_ENDPOINT_URL" not in os.environ
    with urllib.request.urlopen(f"{local_aws.endpoint}/_local/health") as response:
        assert response.status == 200


def test_a_function_is_created_and_invoked(local_aws):
    name = local_aws.create_function("def handler(event, context): return event['n'] + 1")
    assert local_aws.invoke(name, {"n": 1})[0] == 2
"""


def run_pytest(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)


def test_given_a_foreign_project_then_its_tests_run_against_a_local_aws(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "test_shop.py").write_text(TESTS)
    run = run_pytest(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 passed" in run.stdout


def test_given_a_project_that_does_not_use_it_then_the_plugin_loads_nothing_heavy(tmp_path: Path) -> None:
    code = "import sys\ndef test_nothing():\n    assert not {'boto3', 'moto', 'numpy'} & set(sys.modules)\n"
    (tmp_path / "test_nothing.py").write_text(code)
    run = run_pytest(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
