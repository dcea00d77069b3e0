"""The processors of a delivery stream: the rules for them, and what they say.

https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html and
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MIB = 1024 * 1024
_FUNCTION_ARN = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:(\$LATEST|[\w-]+))?")
_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
_LAMBDA, _DELIMITER = "Lambda", "AppendDelimiterToRecord"
_PARAMETERS = {
    _LAMBDA: {"LambdaArn", "NumberOfRetries", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds"},
    _DELIMITER: {"Delimiter"},
}
# Parameter -> smallest, largest, default value.
_NUMBERS = {
    "NumberOfRetries": (0.0, 300.0, 3.0),
    "BufferSizeInMBs": (0.2, 3.0, 1.0),
    "BufferIntervalInSeconds": (0.0, 900.0, 60.0),
}
_LONGEST_VALUE = 5120


class InvalidProcessorError(ValueError):
    """A processor that AWS refuses, or that is not supported here; the text says which one and why."""


@dataclass(frozen=True)
class Transformation:
    """A function that transforms records.

    Attributes:
        function: ARN, with or without a version or an alias.
        role: ARN of the role for the invocation; None for the role of the destination.
        retries: how often a failed invocation is repeated.
    """

    function: str
    role: str | None
    retries: int
    buffer_bytes: float
    buffer_seconds: float


@dataclass(frozen=True)
class Processing:
    """What happens to records before they are delivered."""

    transformation: Transformation | None = None
    delimiter: bytes = b""


def read_processing(given: Mapping[str, Any] | None) -> Processing:
    """Return what a ProcessingConfiguration says.

    Raises:
        InvalidProcessorError: AWS refuses it, or it is not supported here.
    """
    found: dict[str, dict[str, str]] = {}
    for processor in (given or {}).get("Processors") or ():
        kind = str(processor.get("Type"))
        if kind not in _PARAMETERS:
            raise InvalidProcessorError(f"Processor type {kind} is not supported")
        if kind in found:
            raise InvalidProcessorError(f"Only one processor of type {kind} is allowed")
        found[kind] = _read_parameters(kind, processor.get("Parameters") or ())
    processing = Processing(
        _read_transformation(found[_LAMBDA]) if _LAMBDA in found else None,
        _unescape(found[_DELIMITER].get("Delimiter", "\\n")) if _DELIMITER in found else b"",
    )
    return processing if given and given.get("Enabled") else Processing()


def _read_parameters(kind: str, given: Any) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for parameter in given:
        name, value = str(parameter.get("ParameterName")), str(parameter.get("ParameterValue", ""))
        if name not in _PARAMETERS[kind]:
            raise InvalidProcessorError(f"Parameter {name} is not valid for a processor of type {kind}")
        if name in parameters:
            raise InvalidProcessorError(f"Parameter {name} is given more than once")
        if not 0 < len(value.strip(" ")) <= _LONGEST_VALUE:
            raise InvalidProcessorError(f"Parameter {name} must have 1 to {_LONGEST_VALUE} characters")
        parameters[name] = value
    return parameters


def _read_transformation(parameters: Mapping[str, str]) -> Transformation:
    if not _FUNCTION_ARN.fullmatch(parameters.get("LambdaArn", "")):
        raise InvalidProcessorError("A processor of type Lambda needs the parameter LambdaArn, the ARN of a function")
    role = parameters.get("RoleArn")
    if role is not None and not _ROLE_ARN.fullmatch(role):
        raise InvalidProcessorError("Parameter RoleArn must be the ARN of a role")
    retries, megabytes, seconds = (_read_number(parameters, name) for name in _NUMBERS)
    if not retries.is_integer() or not seconds.is_integer():
        raise InvalidProcessorError("Parameters NumberOfRetries and BufferIntervalInSeconds must be integers")
    return Transformation(parameters["LambdaArn"], role, int(retries), megabytes * MIB, seconds)


def _read_number(parameters: Mapping[str, str], name: str) -> float:
    smallest, largest, default = _NUMBERS[name]
    try:
        value = float(parameters.get(name, default))
    except ValueError:
        value = float("nan")
    if not smallest <= value <= largest:
        raise InvalidProcessorError(f"Parameter {name} must be a number from {smallest:g} to {largest:g}")
    return value


def _unescape(text: str) -> bytes:
    return text.encode().decode("unicode_escape").encode()
