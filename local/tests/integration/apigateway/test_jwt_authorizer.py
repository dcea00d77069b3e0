"""HTTP APIs with JWT authorisers: whose tokens are let in, by keys that a real issuer publishes."""

import base64
import datetime
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from local_aws.testing.http_api import HttpApi, create_api
from local_aws.testing.server import run_server

LOGIN = "https://login.localhost"
NO_ALGORITHM = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")


@dataclass
class Issuer:
    """Somebody who gives out tokens, and publishes the keys to check them with."""

    url: str
    key: RSAKey

    def token(self, **claims: Any) -> str:
        usual = {"iss": self.url, "aud": "site", "exp": time.time() + 60, "sub": "app", "scope": "read write"}
        return jwt.encode({"alg": "RS256", "kid": "1"}, usual | claims, self.key)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key with its own certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("issuer") / "issuer.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture(scope="module")
def issuer(certificate: Path) -> Iterator[Issuer]:
    key = RSAKey.generate_key(2048, parameters={"kid": "1", "use": "sig"})
    documents: dict[str, Any] = {"/keys": {"keys": [key.as_dict(private=False)]}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(documents[self.path]).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://localhost:{server.server_port}"
    documents["/.well-known/openid-configuration"] = {"issuer": url, "jwks_uri": f"{url}/keys"}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Issuer(url, key)
    server.shutdown()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, certificate: Path, issuer: Issuer) -> Iterator[HttpApi]:
    """An API that asks for tokens, on a server that trusts the issuer's certificate."""
    login = {"LOCAL_AWS_LOGIN": LOGIN}
    with run_server(tmp_path_factory.mktemp("aws"), SSL_CERT_FILE=str(certificate), **login) as aws:
        api = create_api(aws)
        gateway = aws.client("apigatewayv2")
        target = f"integrations/{gateway.get_integrations(ApiId=api.api_id)['Items'][0]['IntegrationId']}"
        for url, routes in {issuer.url: {"open": [], "scoped": ["write", "admin"]}, LOGIN: {"login": []}}.items():
            authorizer = gateway.create_authorizer(
                ApiId=api.api_id,
                AuthorizerType="JWT",
                Name=url,
                IdentitySource=["$request.header.Authorization"],
                JwtConfiguration={"Issuer": url, "Audience": ["site", "other"]},
            )["AuthorizerId"]
            let_in = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "Target": target, "ApiId": api.api_id}
            for route, scopes in routes.items():
                gateway.create_route(RouteKey=f"GET /{route}", AuthorizationScopes=scopes, **let_in)
        yield api


def test_given_a_good_token_then_the_function_is_told_what_it_says(guarded: HttpApi, issuer: Issuer) -> None:
    for given in (issuer.token(), issuer.token(aud=["other"]), issuer.token(aud=None, client_id="site")):
        status, event, _ = guarded.request("GET", "/open", Authorization=f"Bearer {given}")
        assert status == 201
        assert event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] == "app"


def test_given_a_bad_token_then_nobody_is_let_in(guarded: HttpApi, issuer: Issuer) -> None:
    other = Issuer(issuer.url, RSAKey.generate_key(2048, parameters={"kid": "1"}))
    bad = {
        "no token": "",
        "not a token": "hello",
        "another signer": other.token(),
        "another issuer": issuer.token(iss="https://example.org"),
        "another audience": issuer.token(aud="elsewhere"),
        "expired": issuer.token(exp=time.time() - 1),
        "never expires": issuer.token(exp=None),
        "not yet": issuer.token(nbf=time.time() + 60),
        "unsigned": ".".join([NO_ALGORITHM, issuer.token().split(".")[1], ""]),
    }
    for why, token in bad.items():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert guarded.request("GET", "/open", **headers)[:2] == (401, {"message": "Unauthorized"}), why


def test_given_scopes_then_a_token_needs_one_of_them(guarded: HttpApi, issuer: Issuer) -> None:
    def ask(**claims: Any) -> int:
        return guarded.request("GET", "/scoped", Authorization=f"Bearer {issuer.token(**claims)}")[0]

    assert (ask(), ask(scope=None, scp=["admin"]), ask(scope="read"), ask(scope=None)) == (201, 201, 403, 403)


def test_given_the_login_of_the_server_then_its_tokens_are_let_in_where_it_is_the_issuer(
    guarded: HttpApi, issuer: Issuer
) -> None:
    token = guarded.aws.administer("login", "POST", {"sub": "ann", "aud": "site"})["token"]

    status, event, _ = guarded.request("GET", "/login", Authorization=f"Bearer {token}")

    assert (status, event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]) == (201, "ann")
    expired = guarded.aws.administer("login", "POST", {"sub": "ann", "aud": "site", "exp": time.time() - 1})["token"]
    elsewhere = guarded.aws.administer("login", "POST", {"sub": "ann", "aud": "elsewhere"})["token"]
    forged = Issuer(LOGIN, RSAKey.generate_key(2048, parameters={"kid": "local"})).token()
    for path, given in (("/open", token), ("/login", expired), ("/login", elsewhere), ("/login", forged)):
        assert guarded.request("GET", path, Authorization=f"Bearer {given}")[0] == 401
    for path, given in (("/login", issuer.token()), ("/login", issuer.token(iss=LOGIN))):
        assert guarded.request("GET", path, Authorization=f"Bearer {given}")[0] == 401
