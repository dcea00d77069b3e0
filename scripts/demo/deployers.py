"""The deployers of the local system: the roles of `examples/deployers`, which may do only what their policies allow.

So the local system is applied as on AWS, and `make access-report` shows which of their rights were never used.
"""

from __future__ import annotations

import subprocess
from typing import Literal

import boto3

from scripts.common import environments, terraform
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError

Deployer = Literal["plan", "apply", "destroy"]
EXAMPLE = ROOT / "examples" / "deployers"
# Not terraform.tfstate: Terraform takes a file of that name in its data folder for the backend's, and init fails.
_STATE = "deployers.tfstate"
NAME = "deployer-local-animal-recommender-{}"
_ROOT_MODULE_ONLY = ("TF_CLI_ARGS_apply", "TF_CLI_ARGS_destroy", "TF_CLI_ARGS_output", "TF_CLI_ARGS_plan")


def create(local: Local) -> None:
    """Create the roles, or bring them up to date, as the administrator of the account.

    Raises:
        TaskError: Terraform fails.
    """
    folder = local.directory / "deployers"
    folder.mkdir(exist_ok=True)
    variables = {
        name: value for name, value in environments.variables("local").items() if name not in _ROOT_MODULE_ONLY
    }
    variables |= {"TF_DATA_DIR": str(folder), "TF_VAR_environment": "local"}
    terraform.use_mirror_if_offline(variables)
    _run(variables, "init", "-input=false")
    _run(variables, "apply", "-auto-approve", "-input=false", f"-state={folder / _STATE}")


def _run(variables: dict[str, str], *arguments: str) -> None:
    command = [terraform.find_binary(), *arguments, "-no-color"]
    done = subprocess.run(command, cwd=EXAMPLE, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TaskError(f"terraform {arguments[0]} of {EXAMPLE.name} failed:\n{done.stdout}\n{done.stderr}")


def assume(local: Local, deployer: Deployer) -> dict[str, str]:
    """Return the environment variables with which a program acts as a deployer."""
    given = local.variables()
    sts = boto3.client(
        "sts",
        endpoint_url=local.endpoint,
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )
    role = f"arn:aws:iam::123456789012:role/{NAME.format(deployer)}"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="local")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
