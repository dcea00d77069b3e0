"""An HTTP API whose function answers what it got, to be asked by real HTTP."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.testing.server import Aws, unique

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
