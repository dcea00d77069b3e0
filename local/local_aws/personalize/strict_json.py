"""Parse JSON as strictly as the service does: reject what Python's parser accepts beyond the standard."""

import json
from math import isfinite
from typing import Any, NoReturn


def parse_json(text: str | bytes) -> Any:
    """Return the parsed document.

    Raises:
        ValueError: The text is not valid JSON, has NaN or a number that a double cannot hold, or is nested too deeply.
    """
    try:
        return json.loads(text, parse_float=_parse_float, parse_constant=_reject)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _parse_float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        _reject(text)
    return number


def _reject(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number that JSON can hold")
