"""JWT authorisers: tokens of one issuer, for one of some audiences, with one of a route's scopes.

Source: "Control access to HTTP APIs with JWT authorizers in API Gateway", API Gateway developer guide.
"""

import json
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from moto.apigatewayv2.models import Authorizer
from werkzeug import Request

_ALGORITHMS = ["RS256", "RS384", "RS512"]
_TIMEOUT_SECONDS = 5
_KEEP_SECONDS = 7200  # API Gateway keeps an issuer's keys for two hours


class TokenError(Exception):
    """A token is missing or not good; the text says why, as the access log does."""


class ScopeError(Exception):
    """A good token has none of the scopes that the route asks for."""


class Issuers:
    """Checks tokens, with the keys that their issuers publish."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[float, KeySet]] = {}

    def claims(self, request: Request, authorizer: Authorizer, scopes: Sequence[str]) -> dict[str, Any]:
        """Return what a request's token says.

        Raises:
            TokenError, ScopeError: the request is not let in.
        """
        settings: Any = authorizer.jwt_config
        try:
            token = jwt.decode(_token(request, authorizer), self._published(settings["issuer"]), _ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise TokenError(f"the token is not valid: {error}") from error
        _check(token.claims, settings["issuer"], settings["audience"], time.time())
        if scopes and not set(scopes) & set(_scopes(token.claims)):
            raise ScopeError("insufficient_scope")
        return token.claims

    def _published(self, issuer: str) -> KeySet:
        read_at, keys = self._keys.get(issuer, (0.0, None))
        if keys is None or time.time() - read_at > _KEEP_SECONDS:
            try:
                found = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                keys = KeySet.import_key_set(_get(found["jwks_uri"]))
            except (OSError, ValueError, KeyError, JoseError) as error:
                raise TokenError(f"the issuer's keys cannot be read: {error}") from error
            self._keys[issuer] = time.time(), keys
        return keys


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:
        return json.load(answer)


def _token(request: Request, authorizer: Authorizer) -> str:
    source: Any = authorizer.identity_source
    kind, _, name = (source[0] if isinstance(source, list) else source).removeprefix("$request.").partition(".")
    text = request.headers.get(name) if kind == "header" else request.args.get(name)
    if not text:
        raise TokenError("the request has no token")
    return text.removeprefix("Bearer ").strip()


def _check(claims: dict[str, Any], issuer: str, audiences: Sequence[str], now: float) -> None:
    given = claims.get("aud") or claims.get("client_id") or []
    if claims.get("iss") != issuer:
        raise TokenError("the token has another issuer")
    if not set([given] if isinstance(given, str) else given) & set(audiences):
        raise TokenError("the token is for another audience")
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] <= now:
        raise TokenError("the token has expired")
    if claims.get("nbf", now) > now or claims.get("iat", now) > now:
        raise TokenError("the token is not valid yet")


def _scopes(claims: dict[str, Any]) -> list[str]:
    given = claims.get("scope") or claims.get("scp") or []
    return given.split() if isinstance(given, str) else list(given)
