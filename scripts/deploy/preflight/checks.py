"""The environment that is checked, and a check of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from scripts.common.clients import AwsClients
from scripts.common.findings import Finding, State
from scripts.common.tfvars import Configuration

if TYPE_CHECKING:
    from types_boto3_sts.type_defs import GetCallerIdentityResponseTypeDef

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"}
# A check gives up soon: it only warns then.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})


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
        """The functions that will exist, by name, with their settings."""
        return {name: one for name, one in self.configuration.locals["functions"].items() if name not in self._absent}

    @property
    def _absent(self) -> set[str]:
        """The functions that the settings of the API for browsers leave out."""
        browser_api = self.variables.get("browser_api")
        if browser_api is None:
            return {"create_visitor", "identify_visitor"}
        return set() if browser_api.get("jwt") else {"identify_visitor"}

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
        yield Finding(check.name, State.NOTE, "the service's answer cannot be parsed", "not checked")
    except BotoCoreError as error:
        yield Finding(check.name, State.FAILED, str(error), "see that the network reaches AWS and the region is right")


def _refusal(name: str, error: ClientError) -> Finding:
    details = error.response.get("Error", {})
    code = details.get("Code")
    message = f"{error.operation_name}: {code}: {details.get('Message', '')}".splitlines()[0]
    if code in _DENIED:
        return Finding(name, State.NOTE, message, f"not checked: let these credentials call {error.operation_name}")
    return Finding(name, State.NOTE, message, "not checked")
