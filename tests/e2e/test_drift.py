"""Terraform finds no difference between the applied system and its configuration."""

from __future__ import annotations

import subprocess

from scripts.common import environments, terraform
from scripts.common.environments import TERRAFORM_DIRECTORY


def test_a_plan_after_the_apply_finds_no_difference(system):
    done = subprocess.run(
        [terraform.find_binary(), "plan", "-detailed-exitcode", "-no-color", "-input=false"],
        cwd=TERRAFORM_DIRECTORY,
        env=environments.variables("local"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
