"""The example login: whom it issues tokens to, and for whom it has keys."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import EnvironBuilder

from local_aws.login.issuer import LoginIssuer

URL = "https://login.localhost"


def ask(issuer: LoginIssuer, claims: Any = None) -> tuple[int, Any]:
    method = "GET" if claims is None else "POST"
    response = issuer.handle(EnvironBuilder("/_local/login", method=method, json=claims).get_request())
    return response.status_code, response.get_json()


def test_given_claims_then_the_token_has_them_and_the_published_key_verifies_it() -> None:
    issuer = LoginIssuer(URL)

    status, answer = ask(issuer, {"sub": "ann", "aud": "site"})

    published = KeySet.import_key_set({"keys": ask(issuer)[1]["keys"]})
    claims = jwt.decode(answer["token"], published, ["RS256"]).claims
    assert (status, claims["iss"], claims["sub"], claims["aud"]) == (200, URL, "ann", "site")
    assert claims["exp"] - claims["iat"] == 3600
    assert "d" not in ask(issuer)[1]["keys"][0]


@pytest.mark.parametrize("claims", [[], "ann", 7])
def test_given_no_claims_then_there_is_no_token(claims: Any) -> None:
    assert ask(LoginIssuer(URL), claims)[0] == 400


def test_given_another_issuer_or_no_login_then_it_has_no_keys() -> None:
    assert LoginIssuer(URL).keys_of(URL)
    assert LoginIssuer(URL).keys_of("https://id.example.org") is None
    assert LoginIssuer(None).keys_of(URL) is None
    assert ask(LoginIssuer(None), {"sub": "ann"})[0] == 404
