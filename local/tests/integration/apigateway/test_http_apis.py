"""HTTP APIs, asked by real HTTP: routes, who signs, what functions get and answer, limits, logs."""

import base64
import datetime
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.credentials import Credentials

from local_aws.testing.http_api import HttpApi, create_api
from local_aws.testing.roles import make_role, statement
from local_aws.testing.server import LocalAws, unique_name

Eventually = Callable[..., Any]


@pytest.fixture
def api(aws: LocalAws) -> HttpApi:
    return create_api(aws, "GET /open", "ANY /things/{id}", "GET /files/{rest+}")


def test_a_function_gets_payload_2_0_and_its_answer_becomes_the_response(api: HttpApi) -> None:
    headers = {"Content_Type": "application/json", "Cookie": "c=3; d=4", "X_Own": "yes"}
    status, event, response = api.request("POST", "/things/7?a=1&a=2&b=", b'{"n": 1}', **headers)
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
    event = api.request("POST", "/things/7", b"\x00\xff", Content_Type="image/png")[1]
    assert event["isBase64Encoded"]
    assert base64.b64decode(event["body"]) == b"\x00\xff"


def test_an_answer_without_a_status_is_the_body(api: HttpApi) -> None:
    status, answer, response = api.request("GET", "/open?bare=")
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
    assert api.request(method, path)[0] == status


def test_given_its_endpoint_then_a_program_calls_it_without_a_host_header(aws: LocalAws, api: HttpApi) -> None:
    url = aws.client("apigatewayv2").get_api(ApiId=api.api_id)["ApiEndpoint"]
    assert url == f"{aws.endpoint}/_aws/execute-api/{api.api_id}"
    with urllib.request.urlopen(f"{url}/things/a%20b?n=1", timeout=20) as response:
        event = json.load(response)
    assert (event["rawPath"], event["pathParameters"]) == ("/things/a b", {"id": "a b"})
    assert (event["requestContext"]["http"]["path"], event["queryStringParameters"]) == ("/things/a b", {"n": "1"})


@pytest.mark.parametrize("path", ["/_aws/execute-api/", "/_aws/execute-api/nothing", "/_aws/execute-api/x/y/../z"])
def test_given_a_path_of_no_api_then_nothing_is_found(aws: LocalAws, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(aws.endpoint + path, timeout=20)
    assert raised.value.code == 404


def test_given_an_api_that_does_not_exist_then_nothing_is_found(aws: LocalAws) -> None:
    assert HttpApi(aws, "nothing").request("GET", "/open")[:2] == (404, {"message": "Not Found"})


def test_given_a_function_that_fails_then_the_caller_is_told_nothing_of_it(api: HttpApi) -> None:
    assert api.request("GET", "/open?fail=")[:2] == (500, {"message": "Internal Server Error"})


def test_given_more_than_a_function_takes_then_the_caller_is_told_so(api: HttpApi) -> None:
    assert api.request("POST", "/things/7", b"a" * 7_000_000)[:2] == (413, {"message": "Request Too Long"})


def test_a_host_means_the_same_in_any_case(aws: LocalAws, api: HttpApi) -> None:
    assert HttpApi(aws, api.api_id.upper()).request("GET", "/open")[0] == 201


def test_given_no_permission_for_the_api_then_the_function_is_not_invoked(aws: LocalAws, api: HttpApi) -> None:
    uri = aws.client("apigatewayv2").get_integrations(ApiId=api.api_id)["Items"][0]["IntegrationUri"]
    function = uri.split(":")[6]
    aws.client("lambda").remove_permission(FunctionName=function, Qualifier="live", StatementId="api")
    assert api.request("GET", "/open")[:2] == (500, {"message": "Internal Server Error"})


def test_given_limits_then_more_is_refused(aws: LocalAws) -> None:
    limits = {"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 2}
    api = create_api(aws, "GET /open", DefaultRouteSettings=limits)
    assert [api.request("GET", "/open")[0] for _ in range(3)] == [201, 201, 429]


def test_every_request_has_a_line_in_the_access_log_and_counts(aws: LocalAws, eventually: Eventually) -> None:
    group = f"/aws/vendedlogs/{unique_name('api')}"
    aws.client("logs").create_log_group(logGroupName=group)
    form = '{"route":"$context.routeKey","status":"$context.status","failed":"$context.integrationErrorMessage"}'
    settings = {"DestinationArn": f"arn:aws:logs:us-east-1:123456789012:log-group:{group}", "Format": form}
    api = create_api(aws, "GET /open", AccessLogSettings=settings)
    for path in ("/open", "/open?fail=", "/closed"):
        api.request("GET", path)
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


def test_given_iam_then_only_who_signs_and_may_is_let_in(aws: LocalAws) -> None:
    api = create_api(aws, "GET /open", authorization={"AuthorizationType": "AWS_IAM"})
    allowed = f"arn:aws:execute-api:us-east-1:123456789012:{api.api_id}/*/GET/open"

    def role(resource: str) -> Credentials:
        allowing = statement("execute-api:Invoke", Resource=resource)
        made = make_role(aws.client("iam"), unique_name("role"), ["ec2"], allowing)
        keys = aws.client("sts").assume_role(RoleArn=made, RoleSessionName="site")["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    assert api.request("GET", "/open")[:2] == (403, {"message": "Forbidden"})
    assert api.request_signed("/open", Credentials("local", "local")) == 201, "an administrator"
    assert api.request_signed("/open", role(allowed)) == 201
    assert api.request_signed("/open", role(allowed.replace("/open", "/other"))) == 403
    assert api.request_signed("/open", Credentials("local", "local"), service="lambda") == 403
