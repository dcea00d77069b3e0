"""The pre-commit hooks run what `make lint` runs."""

import re
import subprocess
import sys

import yaml

from scripts.common.environments import ROOT

CONFIG = ROOT / ".pre-commit-config.yaml"


def test_given_the_hooks_when_validated_then_pre_commit_accepts_them() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(CONFIG)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_given_the_hooks_then_they_run_every_check_of_make_lint() -> None:
    hooks = [
        hook["entry"] for repository in yaml.safe_load(CONFIG.read_text())["repos"] for hook in repository["hooks"]
    ]
    checks = lint_commands()
    assert len(checks) >= 4
    assert [check for check in checks if not any(check in hook for hook in hooks)] == []


def lint_commands() -> list[str]:
    """Return the commands of the Makefile's task `lint`, without the arguments that name files."""
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    variables = {"$(RUN)": ".venv/bin/python", "$(VENV)": ".venv", "$(CHECKOV_VENV)": ".venv-checkov"}
    commands = recipe[1].replace("\t@", "").splitlines()
    for name, value in variables.items():
        commands = [command.replace(name, value) for command in commands]
    return [command.removesuffix(" .") for command in commands]
