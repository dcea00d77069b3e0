"""An issuer of tokens for trying JWT authorizers and sites with a login. It asks for no password.

API Gateway asks an issuer for its keys by HTTPS. Those of this issuer the HTTP APIs here know without asking, so it
needs neither a port nor a certificate: its URL, the setting `LOCAL_AWS_LOGIN`, is a name only.
"""

import time
from functools import cached_property
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug import Request, Response

from local_aws.http.responses import json_response

_ALGORITHM = "RS256"
_LIFETIME_SECONDS = 3600


class LoginIssuer:
    """Issues tokens to whoever asks; without a URL it is switched off."""

    def __init__(self, url: str | None) -> None:
        """Make an issuer. Its key is made when it is first needed, which takes a moment.

        Args:
            url: the claim `iss` of its tokens.
        """
        self.url = url

    @cached_property
    def _key(self) -> RSAKey:
        return RSAKey.generate_key(2048, {"kid": "local", "use": "sig", "alg": _ALGORITHM})

    def keys_of(self, issuer: str) -> KeySet | None:
        """Return the public keys if this is the issuer of that URL."""
        return KeySet([self._key]) if issuer == self.url else None

    def handle(self, request: Request) -> Response:
        """Answer a request to `/_local/login`: POST of claims, `{"sub": "ann", "aud": "site"}`, returns their token."""
        if self.url is None:
            return json_response({"message": "there is no login; LOCAL_AWS_LOGIN switches it on"}, 404)
        if request.method != "POST":
            return json_response({"issuer": self.url, "keys": [self._key.as_dict(private=False)]})
        claims = request.get_json(force=True, silent=True)
        if not isinstance(claims, dict):
            return json_response({"message": 'expected the claims of a token: {"sub": "ann", "aud": "site"}'}, 400)
        return json_response({"token": self._token(claims)})

    def _token(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "iat": now, "exp": now + _LIFETIME_SECONDS}
        return jwt.encode({"alg": _ALGORITHM, "kid": "local"}, usual | claims, self._key)
