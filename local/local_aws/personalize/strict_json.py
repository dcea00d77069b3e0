"""JSON as the service takes it: what Python's reader lets through beyond the standard is refused too."""

import json
from math import isfinite
from typing import Any, NoReturn


def parse_json(text: str | bytes) -> Any:
    """The document. Raises ValueError, also for NaN, for numbers beyond a double and for what is nested too deeply."""
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        _refuse(text)
    return number


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number that JSON can hold")
