"""Typed inputs of the provisioning scripts, read from environment variables.

Terraform passes values in the environment, because there no value has to be quoted for a shell.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from scripts.common.personalize import Poll
from scripts.common.task import TaskError

T = TypeVar("T")


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


def read(kind: type[T], environment: Mapping[str, str] = os.environ) -> T:
    """Return an instance of the dataclass `kind` whose fields have the values of the variables with their names.

    The variable of a field is its name in upper case. An empty variable counts as missing. A field that has a default
    may be missing. A field is a str, int, float, bool (true or false), Path, dict[str, str] (JSON) or Literal of texts;
    or one of these and None.

    Raises:
        TaskError: Variables are missing or malformed. The message names all of them.
    """
    types = get_type_hints(kind)
    made_of: Any = kind
    variables = [
        _Variable(field, _Type.of(types[field.name]), environment.get(field.name.upper(), ""))
        for field in fields(made_of)
    ]
    faults = [fault for variable in variables for fault in variable.faults()]
    if faults:
        raise TaskError("\n  ".join(["environment variables are missing or malformed:", *faults]))
    return kind(**{variable.field.name: variable.type.parse(variable.text) for variable in variables if variable.text})


@dataclass(frozen=True)
class _Type:
    """A type of a field: what a message calls its values, and how a text is parsed. A wrong text is a ValueError."""

    values: str
    parse: Callable[[str], Any]

    @classmethod
    def of(cls, kind: Any) -> "_Type":
        """Return the type of a field; that of `X | None` is the one of `X`."""
        if get_origin(kind) is Literal:
            return cls(f"one of {', '.join(get_args(kind))}", _choice(*get_args(kind)))
        if get_origin(kind) in (Union, UnionType):  # of a Literal and None, `|` makes a Union
            return cls.of(next(option for option in get_args(kind) if option is not type(None)))
        return _TYPES[kind]


@dataclass(frozen=True)
class _Variable:
    """A field and the text of its environment variable, which is empty if the variable is missing."""

    field: Field[Any]
    type: _Type
    text: str

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the variable, if anything is."""
        name = self.field.name.upper()
        if not self.text:
            if self.field.default is MISSING and self.field.default_factory is MISSING:
                yield f"{name} is missing"
            return
        try:
            self.type.parse(self.text)
        except ValueError:
            yield f"{name} is {self.text!r}, which is not {self.type.values}"


def _choice(*options: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return parse


def _parse_strings(text: str) -> dict[str, str]:
    value = json.loads(text)
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError(text)
    return value


_TYPES: dict[Any, _Type] = {
    str: _Type("a text", str),
    int: _Type("a whole number", int),
    float: _Type("a number", float),
    bool: _Type("true or false", lambda text: _choice("true", "false")(text) == "true"),
    Path: _Type("a path", Path),
    dict[str, str]: _Type("a JSON object with texts as values", _parse_strings),
}
