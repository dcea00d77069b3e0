"""Errors of tasks as Step Functions catches them."""

import json
from collections.abc import Mapping


def error_text(error: Mapping[str, str]) -> str:
    """Return the name of a caught error and its message, which Lambda puts into a JSON text."""
    try:
        cause = json.loads(error.get("Cause", ""))
        message = cause.get("errorMessage", error["Cause"])
    except (ValueError, AttributeError):
        message = error.get("Cause", "")
    return f"{error['Error']}: {message}"
