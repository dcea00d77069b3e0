"""Responses of this server's own."""

import json
from typing import Any

from werkzeug import Response


def json_response(document: Any, status: int = 200) -> Response:
    """Return a document as JSON."""
    return Response(json.dumps(document), status, content_type="application/json")
