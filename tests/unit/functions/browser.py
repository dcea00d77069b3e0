"""Requests through the HTTP API for browsers, as its functions receive them."""

import json
from typing import Any


def browser(payload: Any, token: str | None = None, *, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A request of a browser, with a visitor's token if there is one. Payload that is a string is sent as it is."""
    bearer = {"authorization": f"Bearer {token}"} if token else {}
    return {
        "version": "2.0",
        "routeKey": "POST /somewhere",
        "headers": {"content-type": "application/json", "origin": "https://site.example", **bearer, **(headers or {})},
        "requestContext": {"apiId": "abcdef1234", "stage": "$default", "http": {"method": "POST"}},
        "stageVariables": {"caller": "visitor"},
        "body": payload if isinstance(payload, str) else json.dumps(payload),
        "isBase64Encoded": False,
    }
