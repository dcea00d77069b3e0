"""Destroy-time provisioners run on what version 0.1 kept in the state."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[4] / "modules" / "personalize" / "earlier_state.sh"
NAMES = ("AWS_REGION", "AWS_DEFAULT_REGION", "PYTHONPATH", "DATASET_ARN", "CAMPAIGN_ARN", "DATASET_GROUP_ARN")
# Stands for a script: it prints its action and its environment.
MODULE = f"""
import os, sys
print(sys.argv[1], *(os.environ[name] for name in {(*NAMES, "SOLUTION_PREFIX")!r}), sep="|")
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with a space in its name, and with a module to run."""
    folder = tmp_path / "my repository"
    (folder / "scripts").mkdir(parents=True)
    (folder / "printed.py").write_text(MODULE)
    return folder


def run(repository: Path, python: str, **kept: str) -> str:
    """Run the script with the values that were kept; return what it prints."""
    state = {"region": "eu-west-1", "scripts": str(repository / "scripts"), "python": python} | kept
    command = ["/bin/sh", str(SCRIPT), "printed", "delete"]
    return subprocess.run(command, env=state, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("python", [sys.executable, f"$(command -v /no/python || command -v {sys.executable})"])
def test_given_a_model_when_destroyed_then_the_script_gets_its_inputs(repository: Path, python: str) -> None:
    options = "--dataset-group-arn arn:of:group --stem dev-animal-recommender-reranker"
    printed = run(repository, python, campaign_arn="arn:of:campaign", solutions=options)
    paths = f"{repository}/scripts/..:{repository}/scripts/../functions"
    expected = ["delete", "eu-west-1", "eu-west-1", paths, "", "arn:of:campaign", "arn:of:group"]
    assert printed.split("|") == [*expected, "dev-animal-recommender-reranker"]


def test_given_a_dataset_when_destroyed_then_the_script_gets_its_arn(repository: Path) -> None:
    printed = run(repository, sys.executable, dataset_arn="arn:of:dataset")
    assert printed.split("|")[4] == "arn:of:dataset"


def test_given_the_script_when_checked_by_shellcheck_then_there_is_no_finding() -> None:
    done = subprocess.run([Path(sys.executable).parent / "shellcheck", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
