"""A deployed environment, as operators' commands see it: AWS clients, and the names that Terraform published in SSM.

`dev` and `prod` are reached with the caller's own AWS credentials, in the region of their tfvars. `local` is the AWS on
this machine.
"""

import argparse
import math
import os
from collections.abc import Callable, Mapping
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
                f"{self._path} ({self._remedy})"
            )
        return found

    @property
    def prefix(self) -> str:
        """What the names of all resources begin with, for example `dev-animal-recommender`."""
        return self.name("functions/put_events").removesuffix(":live").removesuffix("-put-events")

    @property
    def region(self) -> str:
        """The region of the environment."""
        return self.aws.client("ssm").meta.region_name

    @property
    def _remedy(self) -> str:
        """What chooses another environment, region and account."""
        if self.environment == "local":
            return "`make up` deploys it"
        if self.environment in terraform.known_environments():
            return (
                f"AWS_PROFILE chooses another account, ENV another environment; "
                f"terraform/{self.environment}.tfvars has the region"
            )
        return "AWS_PROFILE chooses another account, ENV another environment, AWS_REGION another region"

    @property
    def _path(self) -> str:
        return f"/animal-recommender/{self.environment}/"


def connect(environment: str) -> Deployment:
    """Point the AWS clients of this process at the environment, and return it.

    Raises:
        TaskError: There is no such environment, or the local AWS is down.
    """
    if environment == "local":
        environments.enter_running_local()
    else:
        region = _find_region(environment)
        # boto3 reads AWS_DEFAULT_REGION only; other tools that this process may start read AWS_REGION first.
        os.environ.update({"AWS_DEFAULT_REGION": region, "AWS_REGION": region})
    return Deployment(environment)


def _find_region(environment: str) -> str:
    """Return the region in the environment's tfvars; the shell's, if it was deployed from another configuration."""
    if environment in terraform.known_environments():
        return str(tfvars.read(environment).variables["region"])
    region = os.environ.get("AWS_REGION") or boto3.Session().region_name
    if not region:
        terraform.check_known(environment)
    return region


def argument_parser(command: str, description: str | None) -> argparse.ArgumentParser:
    """Return the parser of an operator's command (`scripts.operate.<command>`); it has `--environment`.

    The usage is that of the `make` task, which gives the environment.
    """
    task = f"make {command.replace('_', '-')} ENV=… ARGS=…"
    parser = argparse.ArgumentParser(prog=task, description=description)
    parser.add_argument("--environment", required=True, metavar="ENV", help=argparse.SUPPRESS)
    return parser


def number_from(kind: type[int] | type[float], minimum: float, maximum: float = math.inf) -> Callable[[str], float]:
    """Return what reads an option's number and refuses one that is not within the range, which the error names."""

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = math.nan
        if not minimum <= number <= maximum or math.isinf(number):
            what = "an integer" if kind is int else "a number"
            within = f"from {minimum:g} to {maximum:g}" if math.isfinite(maximum) else f"of at least {minimum:g}"
            raise argparse.ArgumentTypeError(f"must be {what} {within}")
        return number

    return read
