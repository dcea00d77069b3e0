"""The environment that is checked, a check, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from scripts.common.clients import AwsClients
from scripts.common.tfvars import Configuration

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef

Status = Literal["ok", "warn", "fail"]
OK: Status = "ok"
WARN: Status = "warn"
FAIL: Status = "fail"
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"}
# A check gives up soon: it only warns then.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True)
class Finding:
    """One line of the report: what was checked, the result, and what to do about it."""

    check: str
    status: Status
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Target:
    """The environment that will be deployed, and the account of the credentials."""

    configuration: Configuration
    aws: AwsClients

    @classmethod
    def of(cls, configuration: Configuration) -> Target:
        """Return the target with clients for the region in the tfvars, which Terraform uses too."""
        return cls(configuration, AwsClients(_CONFIG, configuration.variables["region"]))

    @property
    def variables(self) -> Mapping[str, Any]:
        """All Terraform variables with their defaults."""
        return self.configuration.variables

    @property
    def region(self) -> str:
        """The region in the tfvars; the shell's region may be another one."""
        return str(self.variables["region"])

    @property
    def prefix(self) -> str:
        """The prefix of every name."""
        return str(self.configuration.locals["prefix"])

    @property
    def functions(self) -> Mapping[str, Mapping[str, Any]]:
        """The functions that will exist, by name, with their settings; without `rerank` if there is no reranker."""
        functions = self.configuration.locals["functions"]
        return {
            name: settings
            for name, settings in functions.items()
            if name != "rerank" or "reranker" in self.variables["models"]
        }

    @cached_property
    def identity(self) -> GetCallerIdentityResponseTypeDef:
        """The owner of the credentials: Account and Arn."""
        return self.aws.client("sts").get_caller_identity()


@dataclass(frozen=True)
class Check:
    """A check under the name that it has in the report if it cannot be done."""

    name: str
    find: Callable[[Target], Iterator[Finding]]


def run_check(check: Check, target: Target) -> Iterator[Finding]:
    """Yield the findings of a check. An error of AWS is a finding too."""
    try:
        yield from check.find(target)
    except ClientError as error:
        yield _refusal(check.name, error)
    except ResponseParserError:  # from a stand-in for AWS that does not have the operation
        yield Finding(check.name, WARN, "the service's answer cannot be parsed", "not checked")
    except BotoCoreError as error:
        yield Finding(check.name, FAIL, str(error), "see that the network reaches AWS and the region is right")


def _refusal(name: str, error: ClientError) -> Finding:
    details = error.response.get("Error", {})
    code = details.get("Code")
    message = f"{error.operation_name}: {code}: {details.get('Message', '')}".splitlines()[0]
    if code in _DENIED:
        return Finding(name, WARN, message, f"not checked: let these credentials call {error.operation_name}")
    return Finding(name, WARN, message, "not checked")
