"""Inputs of the provisioning scripts, read from environment variables.

Terraform passes values in the environment, because there no value has to be quoted for a shell.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from animal_recommender.settings import SettingsError, read_settings
from scripts.common.personalize import Poll
from scripts.common.task import TaskError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind", bound="DataclassInstance")


@dataclass(frozen=True, kw_only=True)
class PollInputs:
    """How often and how long to look at a resource, in seconds.

    Each pause is half as long again as the one before, up to the longest one. The defaults suit both a real account and
    a local AWS.
    """

    personalize_first_poll_seconds: float = Poll.first
    personalize_longest_poll_seconds: float = Poll.longest
    personalize_poll_timeout_seconds: float = Poll.timeout

    def poll(self) -> Poll:
        """Return a Poll with these pauses."""
        return Poll(
            first=self.personalize_first_poll_seconds,
            longest=self.personalize_longest_poll_seconds,
            timeout=self.personalize_poll_timeout_seconds,
        )


def read(kind: type[Kind], environment: Mapping[str, str] = os.environ) -> Kind:
    """Make the dataclass `kind` from the environment variables with the names of its fields, in upper case.

    Raises:
        TaskError: Variables are missing or malformed. The message names all of them.
    """
    try:
        return read_settings(kind, environment)
    except SettingsError as error:
        raise TaskError(str(error)) from None


def parse_number(text: str) -> float:
    """Parse a number."""
    try:
        return float(text)
    except ValueError:
        raise ValueError("must be a number") from None


def parse_bool(text: str) -> bool:
    """Parse a boolean as Terraform writes it."""
    return one_of("true", "false")(text) == "true"


def one_of(*options: str) -> Callable[[str], str]:
    """Return a function that accepts one of the options only."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(f"must be {' or '.join(options)}")
        return text

    return parse


def parse_texts(text: str) -> dict[str, str]:
    """Parse a JSON object whose values are texts."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError("must be a JSON object with texts as values")
    return value


def parse_list(text: str) -> tuple[str, ...]:
    """Parse a JSON list of texts."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ValueError("must be a JSON list of texts")
    return tuple(value)


def parse_objects(text: str) -> tuple[dict[str, Any], ...]:
    """Parse a JSON list of objects."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("must be a JSON list of objects")
    return tuple(value)
