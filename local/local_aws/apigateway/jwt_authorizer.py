"""JWT authorisers: tokens of one issuer, for one of some audiences, with one of a route's scopes.

Source: "Control access to HTTP APIs with JWT authorizers in API Gateway", API Gateway developer guide.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from moto.apigatewayv2.models import Authorizer
from werkzeug import Request

_ALGORITHMS = ["RS256", "RS384", "RS512"]
_TIMEOUT_SECONDS = 5
_CACHE_SECONDS = 7200  # API Gateway caches an issuer's keys for two hours


class TokenError(Exception):
    """A token is missing or not valid; the text gives the reason, for the access log."""


class ScopeError(Exception):
    """A valid token has none of the scopes that the route requires."""


class TokenValidator:
    """Validates tokens, with the keys that their issuers publish."""

    def __init__(self, keys_of: Callable[[str], KeySet | None] = lambda issuer: None) -> None:
        """Make a validator that has asked no issuer yet.

        Args:
            keys_of: returns the keys of an issuer that need not be asked for them.
        """
        self._keys_of = keys_of
        self._keys: dict[str, tuple[float, KeySet]] = {}

    def validate(self, request: Request, authorizer: Authorizer, scopes: Sequence[str]) -> dict[str, Any]:
        """Return the claims of a request's token.

        Raises:
            TokenError: there is no valid token.
            ScopeError: the token has none of the scopes.
        """
        settings: Any = authorizer.jwt_config
        try:
            token = jwt.decode(_token(request, authorizer), self._published_keys(settings["issuer"]), _ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise TokenError(f"the token is not valid: {error}") from error
        _check_claims(token.claims, settings["issuer"], settings["audience"], time.time())
        if scopes and not set(scopes) & set(_scopes(token.claims)):
            raise ScopeError("insufficient_scope")
        return token.claims

    def _published_keys(self, issuer: str) -> KeySet:
        if known := self._keys_of(issuer):
            return known
        read_at, keys = self._keys.get(issuer, (0.0, None))
        if keys is None or time.time() - read_at > _CACHE_SECONDS:
            try:
                configuration = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                keys = KeySet.import_key_set(_get(configuration["jwks_uri"]))
            except (OSError, ValueError, KeyError, JoseError) as error:
                raise TokenError(f"the issuer's keys cannot be read: {error}") from error
            self._keys[issuer] = time.time(), keys
        return keys


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:
        return json.load(response)


def _token(request: Request, authorizer: Authorizer) -> str:
    source: Any = authorizer.identity_source
    kind, _, name = (source[0] if isinstance(source, list) else source).removeprefix("$request.").partition(".")
    text = request.headers.get(name) if kind == "header" else request.args.get(name)
    if not text:
        raise TokenError("the request has no token")
    return text.removeprefix("Bearer ").strip()


def _check_claims(claims: dict[str, Any], issuer: str, audiences: Sequence[str], now: float) -> None:
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
