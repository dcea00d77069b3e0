"""What operators' commands know of a deployed environment: the names that Terraform published in SSM, and clients.

`dev` and `prod` are reached with the caller's own AWS credentials and region, `local` is the AWS on this machine.
"""

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scripts.common import environments, terraform, tfvars
from scripts.common.task import TaskError
from scripts.common.terminal import fail

CONSUMERS = ("put_events", "record_history")  # the functions that read the stream; each has a dead-letter queue


@dataclass
class Deployment:
    """One deployed environment."""

    environment: str

    def client(self, service: str, read_timeout: float = 60.0) -> Any:
        """A client that retries throttling and server errors; `read_timeout` in seconds."""
        retries = {"mode": "standard", "total_max_attempts": 8}
        return boto3.client(service, config=Config(retries=retries, read_timeout=read_timeout, max_pool_connections=32))

    def name(self, key: str) -> str:
        """What Terraform published under `/animal-recommender/<environment>/<key>`."""
        try:
            return self.names[key]
        except KeyError:
            raise TaskError(f"{self._path}{key} is not published: apply the current Terraform first") from None

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Everything published, by key. Raises TaskError if there is nothing."""
        pages = self.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=self._path, Recursive=True)
        found = {one["Name"].removeprefix(self._path): one["Value"] for page in pages for one in page["Parameters"]}
        if not found:
            region = boto3.Session().region_name
            raise TaskError(
                f"no environment {self.environment!r} is deployed in {region} of this account: nothing under "
                f"{self._path} (ENV, AWS_REGION and AWS_PROFILE choose another)"
            )
        return found

    @property
    def _path(self) -> str:
        return f"/animal-recommender/{self.environment}/"


def parser(program: str, description: str | None) -> argparse.ArgumentParser:
    """A command line with `--environment`."""
    made = argparse.ArgumentParser(prog=f"python -m scripts.{program}", description=description)
    made.add_argument("--environment", required=True, metavar="ENV", help="dev, prod, local, …")
    return made


def run(environment: str, task: Callable[[Deployment], None]) -> int:
    """Runs a command's task on the environment; an exit code. What failed is said in words, without a stack trace."""
    try:
        _enter(environment)
        task(Deployment(environment))
    except TaskError as error:
        fail(str(error))
    except ClientError as error:
        answer = error.response.get("Error", {})
        fail(f"{error.operation_name}: {answer.get('Code')}: {answer.get('Message')}")
    except BotoCoreError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("Interrupted. Run it again: it goes on from here.")
        return 130
    else:
        return 0
    return 1


def _enter(environment: str) -> None:
    """Point AWS clients at the environment; a region that the caller's settings leave open is that of its tfvars."""
    if environment == "local":
        os.environ.update(environments.variables(environment))
    elif boto3.Session().region_name is None:
        terraform.check_known(environment)
        os.environ["AWS_DEFAULT_REGION"] = tfvars.read(environment).variables["region"]
