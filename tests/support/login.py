"""Tokens of the example login of the local AWS, and some that somebody else has made."""

import json
import time
import urllib.request
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from scripts.demo.adoption_site import LOGIN_AUDIENCE, LOGIN_ISSUER


def login_token(endpoint: str, **claims: Any) -> str:
    """Return a token of the login for the site. Claims replace the usual ones."""
    data = json.dumps({"aud": LOGIN_AUDIENCE, **claims}).encode()
    with urllib.request.urlopen(f"{endpoint}/_local/login", data) as answer:
        return str(json.load(answer)["token"])


def forged_token(**claims: Any) -> str:
    """Return a token that looks like one of the login, of another key."""
    usual = {"iss": LOGIN_ISSUER, "aud": LOGIN_AUDIENCE, "exp": time.time() + 60}
    return jwt.encode({"alg": "RS256", "kid": "local"}, usual | claims, RSAKey.generate_key(2048))
