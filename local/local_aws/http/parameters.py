"""Parameters in the query of a request to `/_local/`."""

from werkzeug import Request

_LARGEST_LIMIT = 1_000


class InvalidParameterError(ValueError):
    """A parameter has a value that is not allowed; the message names it."""


def read_limit(request: Request, default: int) -> int:
    """Return the parameter `limit`, how many entries a caller wants.

    Raises:
        InvalidParameterError: it is not a number of 1 to 1,000.
    """
    text = request.args.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _LARGEST_LIMIT):
        raise InvalidParameterError(f"limit: expected a number of 1 to {_LARGEST_LIMIT}")
    return int(text)
