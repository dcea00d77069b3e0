"""Check what browsers and their logins need: pages that may call, and issuers that API Gateway can ask."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from scripts.common.findings import Finding, State
from scripts.deploy.preflight.checks import Target

_TIMEOUT_SECONDS = 5


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:
        return json.load(response)


def check_origins(target: Target) -> Iterator[Finding]:
    """Find out whether any page may call the API for browsers."""
    settings = target.variables.get("browser_api")
    if settings is None:
        return
    origins = sorted(settings.get("origins") or ())
    if origins:
        yield Finding("Pages that may call", State.OK, ", ".join(origins))
    else:
        remedy = "set browser_api.origins, unless your site has the origin of the API"
        yield Finding("Pages that may call", State.NOTE, "none", remedy)


def check_issuers(target: Target, get: Callable[[str], Any] = _get) -> Iterator[Finding]:
    """Find out whether the issuers of tokens publish their keys: API Gateway asks them when an authorizer is created.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    """
    for variable in ("http_api", "browser_api"):
        jwt = (target.variables.get(variable) or {}).get("jwt")
        if jwt:
            yield _check_issuer(f"{variable}.jwt.issuer", jwt["issuer"], get)


def _check_issuer(subject: str, issuer: str, get: Callable[[str], Any]) -> Finding:
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        published = get(url)
    except (OSError, ValueError) as error:
        remedy = "an apply fails if API Gateway cannot read it either; it must be public"
        return Finding(subject, State.NOTE, f"{url} cannot be read from here: {error}", remedy)
    found = published if isinstance(published, dict) else {}
    if found.get("issuer") != issuer or not found.get("jwks_uri"):
        remedy = "write the issuer as that document has it, to the last slash"
        return Finding(subject, State.FAILED, f"{url} has the issuer {found.get('issuer')!r}, not {issuer!r}", remedy)
    return Finding(subject, State.OK, issuer)
