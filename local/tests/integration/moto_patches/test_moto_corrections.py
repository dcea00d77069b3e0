"""Each correction of moto works, and the installed moto still needs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("moto_probes.py")
NAMES = re.findall(r"^@probe\ndef (\w+)", PROGRAM.read_text(), re.MULTILINE)


def results(*arguments: str) -> dict[str, str | None]:
    names = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "PYTHONPATH": str(Path.cwd())}
    run = subprocess.run(
        [sys.executable, PROGRAM, *arguments], capture_output=True, text=True, timeout=120, env={**os.environ, **names}
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def corrected() -> dict[str, str | None]:
    return results("--corrected")


@pytest.fixture(scope="module")
def as_installed() -> dict[str, str | None]:
    return results()


@pytest.mark.parametrize("name", NAMES)
def test_given_the_corrections_then_moto_answers_as_aws_does(name: str, corrected: dict[str, str | None]) -> None:
    assert corrected[name] is None


@pytest.mark.parametrize("name", NAMES)
def test_given_moto_as_installed_then_the_correction_is_needed(name: str, as_installed: dict[str, str | None]) -> None:
    assert as_installed[name], f"moto does this by itself now: delete the correction that {name} is about"
