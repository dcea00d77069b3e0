"""Each correction of moto works, and the installed moto still needs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws import registry
from local_aws.testing.moto_probes import load_probes

PROBES_FOLDER = Path(__file__).parents[1]
PROBES = load_probes(PROBES_FOLDER)
NAMES = [probe.name for probe in PROBES]


def run_probes(*arguments: str) -> dict[str, str | None]:
    keys = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
    command = [sys.executable, "-m", "local_aws.testing.moto_probes", str(PROBES_FOLDER), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240, env={**os.environ, **keys})
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def corrected() -> dict[str, str | None]:
    return run_probes("--corrected")


@pytest.fixture(scope="module")
def as_installed() -> dict[str, str | None]:
    return run_probes()


def test_every_correction_has_a_probe_and_every_probe_a_correction() -> None:
    corrections = {name for service in registry.services() for name, _ in registry.corrections(service)}
    assert {probe.correction for probe in PROBES} == corrections


@pytest.mark.parametrize("name", NAMES)
def test_given_the_corrections_then_moto_answers_as_aws_does(name: str, corrected: dict[str, str | None]) -> None:
    assert corrected[name] is None


@pytest.mark.parametrize("name", NAMES)
def test_given_moto_as_installed_then_the_correction_is_needed(name: str, as_installed: dict[str, str | None]) -> None:
    assert as_installed[name], f"moto does this by itself now: delete the correction that {name} is about"
