"""HTTP APIs, asked by real HTTP: routes, who is let in, what functions get and answer, limits, logs."""

import base64
import datetime
import http.client
import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.integration.local.conftest import Aws, serving, unique
from tests.integration.roles import make_role, statement

Eventually = Callable[..., Any]

ECHO = """
import json

def handler(event, context):
    asked = event.get("queryStringParameters", {})
    if "fail" in asked:
        raise ValueError("told to")
    if "bare" in asked:
        return {"answer": 42}
    cookies = ["a=1; Secure", "b=2"]
    return {"statusCode": 201, "headers": {"X-Echo": "yes"}, "cookies": cookies, "body": json.dumps(event)}
"""


@dataclass
class HttpApi:
    """An API whose function answers what it got."""

    aws: Aws
    api_id: str

    @property
    def host(self) -> str:
        return f"{self.api_id}.execute-api.us-east-1.amazonaws.com"

    def ask(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, Any, http.client.HTTPResponse]:
        """Ask by HTTP; returns the status, the body (parsed if it is JSON) and the response."""
        connection = http.client.HTTPConnection(urlsplit(self.aws.endpoint).netloc, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, {"Host": self.host, **named})
        response = connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content.startswith(b"{") else content, response

    def signed(self, path: str, credentials: Credentials, service: str = "execute-api") -> int:
        """Ask with a signature; returns the status."""
        request = AWSRequest("GET", f"https://{self.host}{path}")
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
        return self.ask("GET", path, **dict(request.headers.items()))[0]


@pytest.fixture
def api(aws: Aws) -> HttpApi:
    return make_api(aws, "GET /open", "ANY /things/{id}", "GET /files/{rest+}")


def make_api(aws: Aws, *route_keys: str, let_in: dict[str, Any] | None = None, **stage: Any) -> HttpApi:
    gateway, function = aws.client("apigatewayv2"), aws.function(ECHO)
    api_id = gateway.create_api(Name=unique("api"), ProtocolType="HTTP")["ApiId"]
    arn = aws.client("lambda").get_alias(FunctionName=function, Name="live")["AliasArn"]
    integration = gateway.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    for route_key in route_keys:
        gateway.create_route(ApiId=api_id, RouteKey=route_key, Target=target, **(let_in or {}))
    gateway.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True, **stage)
    aws.client("lambda").add_permission(
        FunctionName=function,
        Qualifier="live",
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{api_id}/*",
    )
    return HttpApi(aws, api_id)


def test_a_function_gets_payload_2_0_and_its_answer_becomes_the_response(api: HttpApi) -> None:
    headers = {"Content_Type": "application/json", "Cookie": "c=3; d=4", "X_Own": "yes"}
    status, event, response = api.ask("POST", "/things/7?a=1&a=2&b=", b'{"n": 1}', **headers)
    assert (status, response.getheader("X-Echo")) == (201, "yes")
    assert response.headers.get_all("Set-Cookie") == ["a=1; Secure", "b=2"]
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "ANY /things/{id}", "/things/7")
    assert (event["rawQueryString"], event["queryStringParameters"]) == ("a=1&a=2&b=", {"a": "1,2", "b": ""})
    assert event["pathParameters"] == {"id": "7"}
    assert event["cookies"] == ["c=3", "d=4"]
    assert (event["body"], event["isBase64Encoded"]) == ('{"n": 1}', False)
    assert event["headers"]["x-own"] == "yes"
    context = event["requestContext"]
    assert (context["http"]["method"], context["http"]["path"], context["stage"]) == ("POST", "/things/7", "$default")
    assert (context["apiId"], context["domainName"]) == (api.api_id, api.host)
    assert abs(context["timeEpoch"] / 1000 - time.time()) < 60


def test_what_is_not_text_comes_as_base64(api: HttpApi) -> None:
    event = api.ask("POST", "/things/7", b"\x00\xff", Content_Type="image/png")[1]
    assert event["isBase64Encoded"]
    assert base64.b64decode(event["body"]) == b"\x00\xff"


def test_an_answer_without_a_status_is_the_body(api: HttpApi) -> None:
    status, answer, response = api.ask("GET", "/open?bare=")
    assert (status, answer, response.getheader("Content-Type")) == (200, {"answer": 42}, "application/json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/open", 201),
        ("POST", "/open", 404),
        ("GET", "/open/more", 404),
        ("DELETE", "/things/7", 201),
        ("GET", "/things/7/8", 404),
        ("GET", "/files/a/b/c", 201),
        ("GET", "/", 404),
    ],
)
def test_only_what_has_a_route_is_answered(api: HttpApi, method: str, path: str, status: int) -> None:
    assert api.ask(method, path)[0] == status


def test_given_an_api_that_does_not_exist_then_nothing_is_found(aws: Aws) -> None:
    assert HttpApi(aws, "nothing").ask("GET", "/open")[:2] == (404, {"message": "Not Found"})


def test_given_a_function_that_fails_then_the_caller_is_told_nothing_of_it(api: HttpApi) -> None:
    assert api.ask("GET", "/open?fail=")[:2] == (500, {"message": "Internal Server Error"})


def test_given_no_permission_for_the_api_then_the_function_is_not_invoked(aws: Aws, api: HttpApi) -> None:
    uri = aws.client("apigatewayv2").get_integrations(ApiId=api.api_id)["Items"][0]["IntegrationUri"]
    function = uri.split(":")[6]
    aws.client("lambda").remove_permission(FunctionName=function, Qualifier="live", StatementId="api")
    assert api.ask("GET", "/open")[:2] == (500, {"message": "Internal Server Error"})


def test_given_limits_then_more_is_refused(aws: Aws) -> None:
    limits = {"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 2}
    api = make_api(aws, "GET /open", DefaultRouteSettings=limits)
    assert [api.ask("GET", "/open")[0] for _ in range(3)] == [201, 201, 429]


def test_every_request_has_a_line_in_the_access_log_and_counts(aws: Aws, eventually: Eventually) -> None:
    group = f"/aws/vendedlogs/{unique('api')}"
    aws.client("logs").create_log_group(logGroupName=group)
    form = '{"route":"$context.routeKey","status":"$context.status","failed":"$context.integrationErrorMessage"}'
    settings = {"DestinationArn": f"arn:aws:logs:us-east-1:123456789012:log-group:{group}", "Format": form}
    api = make_api(aws, "GET /open", AccessLogSettings=settings)
    for path in ("/open", "/open?fail=", "/closed"):
        api.ask("GET", path)
    lines = [json.loads(line) for line in eventually(lambda: aws.log_lines(group))]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("GET /open", "201"),
        ("GET /open", "500"),
        ("-", "404"),
    ]
    assert "the function failed" in lines[1]["failed"]
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ApiGateway",
        MetricName="5xx",
        Dimensions=[{"Name": "ApiId", "Value": api.api_id}],
        StartTime=datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5),
        EndTime=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5),
        Period=3600,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    assert sum(point["Sum"] for point in found) == 1
    assert sum(point["SampleCount"] for point in found) == 3


def test_given_iam_then_only_who_signs_and_may_is_let_in(aws: Aws) -> None:
    api = make_api(aws, "GET /open", let_in={"AuthorizationType": "AWS_IAM"})
    allowed = f"arn:aws:execute-api:us-east-1:123456789012:{api.api_id}/*/GET/open"

    def role(resource: str) -> Credentials:
        allowing = statement("execute-api:Invoke", Resource=resource)
        made = make_role(aws.client("iam"), unique("role"), ["ec2"], allowing)
        keys = aws.client("sts").assume_role(RoleArn=made, RoleSessionName="site")["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    assert api.ask("GET", "/open")[:2] == (403, {"message": "Forbidden"})
    assert api.signed("/open", Credentials("local", "local")) == 201, "an administrator"
    assert api.signed("/open", role(allowed)) == 201
    assert api.signed("/open", role(allowed.replace("/open", "/other"))) == 403
    assert api.signed("/open", Credentials("local", "local"), service="lambda") == 403


# --- tokens ---------------------------------------------------------------------------------------------------------


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
    with serving(tmp_path_factory.mktemp("aws"), SSL_CERT_FILE=str(certificate)) as aws:
        api = make_api(aws)
        gateway = aws.client("apigatewayv2")
        authorizer = gateway.create_authorizer(
            ApiId=api.api_id,
            AuthorizerType="JWT",
            Name="jwt",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer.url, "Audience": ["site", "other"]},
        )["AuthorizerId"]
        target = f"integrations/{gateway.get_integrations(ApiId=api.api_id)['Items'][0]['IntegrationId']}"
        let_in = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "Target": target, "ApiId": api.api_id}
        gateway.create_route(RouteKey="GET /open", **let_in)
        gateway.create_route(RouteKey="GET /scoped", AuthorizationScopes=["write", "admin"], **let_in)
        yield api


def test_given_a_good_token_then_the_function_is_told_what_it_says(guarded: HttpApi, issuer: Issuer) -> None:
    for given in (issuer.token(), issuer.token(aud=["other"]), issuer.token(aud=None, client_id="site")):
        status, event, _ = guarded.ask("GET", "/open", Authorization=f"Bearer {given}")
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
        assert guarded.ask("GET", "/open", **headers)[:2] == (401, {"message": "Unauthorized"}), why


def test_given_scopes_then_a_token_needs_one_of_them(guarded: HttpApi, issuer: Issuer) -> None:
    def ask(**claims: Any) -> int:
        return guarded.ask("GET", "/scoped", Authorization=f"Bearer {issuer.token(**claims)}")[0]

    assert (ask(), ask(scope=None, scp=["admin"]), ask(scope="read"), ask(scope=None)) == (201, 201, 403, 403)
