"""CORS of HTTP APIs by real HTTP: preflight requests, and which pages may call what."""

from typing import Any

import pytest

from local_aws.testing.http_api import HttpApi, create_api
from local_aws.testing.server import LocalAws

SITE = "https://www.example.org"
CORS = {
    "AllowOrigins": [SITE, "http://localhost:3000"],
    "AllowMethods": ["POST"],
    "AllowHeaders": ["authorization", "content-type"],
    "MaxAge": 7200,
}
ASKS = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "authorization"}


def api_with(aws: LocalAws, **cors: Any) -> HttpApi:
    api = create_api(aws, "POST /events", "GET /open", "OPTIONS /own")
    if cors:
        aws.client("apigatewayv2").update_api(ApiId=api.api_id, CorsConfiguration=cors)
    return api


@pytest.fixture(scope="module")
def api(aws: LocalAws) -> HttpApi:
    return api_with(aws, **CORS)


def cors_headers(response: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders() if name.lower().startswith("access-control-")}


@pytest.mark.parametrize("origin", CORS["AllowOrigins"])
@pytest.mark.parametrize("path", ["/events", "/own", "/nothing"])
def test_given_an_allowed_page_then_the_gateway_answers_its_preflight(api: HttpApi, origin: str, path: str) -> None:
    status, body, response = api.request("OPTIONS", path, Origin=origin, Sec_Fetch_Site="cross-site", **ASKS)

    assert (status, body) == (204, b"")
    assert cors_headers(response) == {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization,content-type",
        "access-control-max-age": "7200",
    }


@pytest.mark.parametrize("origin", CORS["AllowOrigins"])
def test_given_an_allowed_page_then_it_may_read_every_answer(api: HttpApi, origin: str) -> None:
    for path, expected in (("/events", 201), ("/events?fail=", 500), ("/nothing", 404)):
        status, _, response = api.request("POST", path, b"{}", Origin=origin, Sec_Fetch_Site="cross-site")

        assert (status, cors_headers(response)) == (expected, {"access-control-allow-origin": origin})


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://www.example.org.evil.example", "http://www.example.org", "null", f"{SITE}/"],
)
def test_given_another_page_then_it_is_refused_and_reaches_nothing(api: HttpApi, origin: str) -> None:
    for method, path in (("OPTIONS", "/events"), ("POST", "/events"), ("GET", "/open")):
        status, _, response = api.request(method, path, Origin=origin, Sec_Fetch_Site="cross-site", **ASKS)

        assert (status, cors_headers(response)) == (403, {})


def test_given_a_page_of_this_machine_that_is_not_allowed_then_its_browser_withholds_the_answer(api: HttpApi) -> None:
    status, _, response = api.request("OPTIONS", "/events", Origin="http://localhost:4000", **ASKS)
    assert (status, cors_headers(response)) == (204, {})

    status, _, response = api.request("POST", "/events", b"{}", Origin="http://localhost:4000")
    assert (status, cors_headers(response)) == (201, {})


@pytest.mark.parametrize("path", ["/", "/_local/health", "/_local/mails", "/moto-api/reset", "/2015-03-31/functions"])
def test_given_an_origin_that_an_api_allows_then_it_may_call_nothing_else(
    aws: LocalAws, api: HttpApi, path: str
) -> None:
    elsewhere = HttpApi(aws, api.api_id)
    for method in ("GET", "POST", "OPTIONS"):
        headers = {"Host": "127.0.0.1", "Origin": SITE, "Sec_Fetch_Site": "cross-site", **ASKS}

        assert elsewhere.request(method, path, **headers)[0] == 403


def test_given_an_origin_of_one_api_then_another_api_refuses_it(aws: LocalAws, api: HttpApi) -> None:
    other, without = api_with(aws, AllowOrigins=["https://other.example"]), api_with(aws)
    for one in (other, without):
        assert one.request("POST", "/events", b"{}", Origin=SITE)[0] == 403
        by_path = {"Host": "127.0.0.1", "Origin": SITE}
        assert one.request("POST", f"/_aws/execute-api/{one.api_id}/events", b"{}", **by_path)[0] == 403
    # The server goes by the host: the path names an API that allows the origin, but another one would answer.
    assert other.request("POST", f"/_aws/execute-api/{api.api_id}/events", b"{}", Origin=SITE)[0] == 403


def test_given_the_address_by_path_then_an_allowed_page_may_call_it(api: HttpApi) -> None:
    headers = {"Host": "127.0.0.1", "Origin": SITE, "Sec_Fetch_Site": "cross-site"}
    status, _, response = api.request("POST", f"/_aws/execute-api/{api.api_id}/events", b"{}", **headers)

    assert (status, cors_headers(response)) == (201, {"access-control-allow-origin": SITE})


def test_given_a_page_without_an_origin_of_its_own_then_it_is_refused(api: HttpApi) -> None:
    assert api.request("GET", "/open", Sec_Fetch_Site="cross-site")[0] == 403


def test_given_a_foreign_host_then_an_allowed_origin_does_not_help(api: HttpApi) -> None:
    assert api.request("POST", "/events", b"{}", Host="evil.example", Origin=SITE)[0] == 403


@pytest.mark.parametrize(("allowed", "shown"), [("*", "*"), ("https://*", SITE)])
def test_given_a_wildcard_then_every_page_that_it_covers_may_call(aws: LocalAws, allowed: str, shown: str) -> None:
    api = api_with(aws, AllowOrigins=[allowed], ExposeHeaders=["x-echo"])

    _, _, response = api.request("POST", "/events", b"{}", Origin=SITE)
    assert cors_headers(response) == {"access-control-allow-origin": shown, "access-control-expose-headers": "x-echo"}
    assert api.request("POST", "/events", b"{}", Origin="http://evil.example")[0] == (201 if allowed == "*" else 403)


def test_given_no_configuration_then_options_is_a_request_like_any_other(aws: LocalAws) -> None:
    api = api_with(aws)

    assert api.request("OPTIONS", "/own", Origin="http://localhost:3000", **ASKS)[0] == 201
    assert api.request("OPTIONS", "/events", Origin="http://localhost:3000", **ASKS)[0] == 404


def test_given_options_that_is_no_preflight_then_it_goes_to_its_route(api: HttpApi) -> None:
    assert api.request("OPTIONS", "/own")[0] == 201


def test_given_limits_of_one_route_then_they_are_its_own(aws: LocalAws) -> None:
    few = {"ThrottlingRateLimit": 0.01, "ThrottlingBurstLimit": 2}
    many = {"ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 100}
    api = create_api(aws, "POST /few", "POST /many", DefaultRouteSettings=many, RouteSettings={"POST /few": few})

    assert [api.request("POST", "/few")[0] for _ in range(3)] == [201, 201, 429]
    assert [api.request("POST", "/many")[0] for _ in range(5)] == [201] * 5


def test_given_stage_variables_then_the_function_gets_them_and_no_client_can_set_them(aws: LocalAws) -> None:
    api = create_api(aws, "POST /events", StageVariables={"caller": "visitor"})

    event = api.request("POST", "/events?caller=server", b'{"stageVariables":{"caller":"server"}}', Caller="server")[1]

    assert event["stageVariables"] == {"caller": "visitor"}
