"""An HTTP API whose function returns its event, for tests with real HTTP requests."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.testing.server import LocalAws, unique_name

ECHO = """
import json

def handler(event, context):
    query = event.get("queryStringParameters", {})
    if "fail" in query:
        raise ValueError("told to")
    if "bare" in query:
        return {"answer": 42}
    cookies = ["a=1; Secure", "b=2"]
    return {"statusCode": 201, "headers": {"X-Echo": "yes"}, "cookies": cookies, "body": json.dumps(event)}
"""


@dataclass
class HttpApi:
    """An API whose function returns its event."""

    aws: LocalAws
    api_id: str

    @property
    def host(self) -> str:
        """The host name of the API on AWS."""
        return f"{self.api_id}.execute-api.us-east-1.amazonaws.com"

    def request(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, Any, http.client.HTTPResponse]:
        """Send a request, and return the status, the body (parsed if it is JSON) and the response."""
        connection = http.client.HTTPConnection(urlsplit(self.aws.endpoint).netloc, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, {"Host": self.host, **named})
        response = connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content.startswith(b"{") else content, response

    def request_signed(self, path: str, credentials: Credentials, service: str = "execute-api") -> int:
        """Send a signed GET request, and return the status."""
        request = AWSRequest("GET", f"https://{self.host}{path}")
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
        headers = {name: str(value) for name, value in request.headers.items()}
        return self.request("GET", path, b"", **headers)[0]


def create_api(aws: LocalAws, *route_keys: str, authorization: dict[str, Any] | None = None, **stage: Any) -> HttpApi:
    """Create an API.

    Args:
        aws: where to create it.
        route_keys: such as `GET /pets/{id}`.
        authorization: parameters of CreateRoute for the authorization of each route.
        stage: parameters of CreateStage.
    """
    gateway, function = aws.client("apigatewayv2"), aws.create_function(ECHO)
    api_id = gateway.create_api(Name=unique_name("api"), ProtocolType="HTTP")["ApiId"]
    arn = aws.client("lambda").get_alias(FunctionName=function, Name="live")["AliasArn"]
    integration = gateway.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    for route_key in route_keys:
        gateway.create_route(ApiId=api_id, RouteKey=route_key, Target=target, **(authorization or {}))
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
