"""A deployed environment, as operators' commands see it: AWS clients, and the names that Terraform published in SSM.

`dev` and `prod` are reached with the caller's own AWS credentials and region, `local` is the AWS on this machine.
"""

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import boto3
from botocore.config import Config

from scripts.common import environments, terraform, tfvars
from scripts.common.clients import AwsClients
from scripts.common.task import TaskError

CONSUMERS = ("put_events", "record_history")  # the functions that read the stream; each has a dead-letter queue
# Throttling and server errors are retried. Some commands call S3 from several threads, hence the larger pool.
_CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 8}, read_timeout=60, max_pool_connections=32)


@dataclass
class Deployment:
    """One deployed environment, reached through `aws`."""

    environment: str
    aws: AwsClients = field(default_factory=lambda: AwsClients(_CONFIG))

    def name(self, key: str) -> str:
        """Return what Terraform published under `/animal-recommender/<environment>/<key>`.

        Raises:
            TaskError: Nothing is published under this key.
        """
        try:
            return self.names[key]
        except KeyError:
            raise TaskError(f"{self._path}{key} is not published: apply the current Terraform first") from None

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Everything that Terraform published, by key.

        Raises:
            TaskError: Nothing is published, so the environment is not deployed in this account and region.
        """
        pages = self.aws.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=self._path, Recursive=True)
        parameters = (parameter for page in pages for parameter in page["Parameters"])
        found = {parameter["Name"].removeprefix(self._path): parameter["Value"] for parameter in parameters}
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


def connect(environment: str) -> Deployment:
    """Point the AWS clients of this process at the environment, and return it.

    If the caller's settings name no region, the region in the environment's tfvars is used.

    Raises:
        TaskError: There is no such environment.
    """
    if environment == "local":
        os.environ.update(environments.variables(environment))
    elif boto3.Session().region_name is None:
        terraform.check_known(environment)
        os.environ["AWS_DEFAULT_REGION"] = tfvars.read(environment).variables["region"]
    return Deployment(environment)


def argument_parser(command: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of an operator's command (`scripts.operate.<command>`); it has `--environment`."""
    parser = argparse.ArgumentParser(prog=f"python -m scripts.operate.{command}", description=description)
    parser.add_argument("--environment", required=True, metavar="ENV", help="dev, prod, local, …")
    return parser
