"""What a check found, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from scripts.common.tfvars import Configuration

OK, WARN, FAIL = "ok", "warn", "fail"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"}


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do if it is not well."""

    check: str
    status: str
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Target:
    """The environment that shall be deployed, and the account that the credentials lead to."""

    configuration: Configuration

    @property
    def variables(self) -> Mapping[str, Any]:
        """All Terraform variables with their defaults."""
        return self.configuration.variables

    @property
    def region(self) -> str:
        """Where Terraform will work, whatever the shell's region is."""
        return self.variables["region"]

    @property
    def prefix(self) -> str:
        """What every name begins with."""
        return self.configuration.locals["prefix"]

    @property
    def functions(self) -> Mapping[str, Mapping[str, Any]]:
        """The functions to be made, by name, with their settings; none is made for a model that is not wanted."""
        functions = self.configuration.locals["functions"]
        return {
            name: it for name, it in functions.items() if name != "rerank" or "reranker" in self.variables["models"]
        }

    def client(self, service: str) -> Any:
        """A client in the environment's region that gives up soon."""
        config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
        return boto3.client(service, region_name=self.region, config=config)

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Who the credentials belong to: Account and Arn."""
        return self.client("sts").get_caller_identity()


Check = Callable[[Target], Iterator[Finding]]


def findings(check: Check, target: Target) -> Iterator[Finding]:
    """A check's findings; what keeps it from looking is a finding too."""
    name = (check.__doc__ or check.__name__).splitlines()[0].rstrip(".")
    try:
        yield from check(target)
    except ClientError as error:
        yield _unseen(name, error)
    except ResponseParserError:  # a stand-in for AWS that does not have the operation
        yield Finding(name, WARN, "the service's answer cannot be read", "not checked")
    except BotoCoreError as error:
        yield Finding(name, FAIL, str(error), "see that the network reaches AWS and the region is right")


def _unseen(name: str, error: ClientError) -> Finding:
    answer = error.response.get("Error", {})
    said = f"{error.operation_name}: {answer.get('Code')}: {answer.get('Message', '')}".splitlines()[0]
    if answer.get("Code") in _DENIED:
        return Finding(name, WARN, said, f"not checked: let these credentials call {error.operation_name}")
    return Finding(name, WARN, said, "not checked")
