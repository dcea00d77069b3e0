"""The HTTP API: signed and unsigned requests."""

import json
from typing import Any

import pytest

from scripts.common.findings import State
from scripts.operate.smoke import http_api
from scripts.operate.smoke.visitor import Visit
from tests.unit.scripts.operate.smoke.conftest import PREFIX, deployment, only

URL = "https://abc.execute-api.us-east-1.amazonaws.com"
ARN = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:{PREFIX}"
GOOD = [{"id": "2-Pug-2-1", "source": "personalize"}]


def visit(kind: str = "AWS_IAM", url: str = URL) -> Visit:
    route = {"RouteKey": "POST /recommendations", "AuthorizationType": kind, "Target": "integrations/i1"}
    client = {
        "get_apis": {"Items": [{"ApiId": "other"}, {"ApiId": "abc", "ApiEndpoint": url}]},
        "get_routes": {"Items": [route]},
        "get_integrations": {"Items": [{"IntegrationId": "i1", "IntegrationUri": f"{ARN}-recommend:live/invocations"}]},
    }
    made = deployment({"front-door-url": URL}, apigatewayv2=client, ssm={})
    made.aws.client("ssm").meta = type("Meta", (), {"region_name": "us-east-1"})  # type: ignore[misc]
    return Visit(made, ["2-Pug-2-1"], "smoke-test-1")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The headers of the requests; `answers` says what comes back, unsigned and signed."""
    for name, value in {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return []


def answer(monkeypatch: pytest.MonkeyPatch, sent: list[Any], unsigned: int, signed: tuple[int, Any]) -> None:
    def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        assert url == f"{URL}/recommendations"
        sent.append(headers)
        status, document = signed if "Authorization" in headers else (unsigned, {})
        return status, json.dumps(document).encode()

    monkeypatch.setattr(http_api, "_post", post)


def test_given_no_api_then_that_is_said() -> None:
    found = only(http_api.check_http_api(Visit(deployment(), ["2-Pug-2-1"])))
    assert (found.state, found.detail) == (State.OK, "there is none: http_api is not set")


def test_given_an_api_that_answers_signed_requests_only_then_it_is_good(
    monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, str]]
) -> None:
    answer(monkeypatch, sent, 403, (200, GOOD))
    found = only(http_api.check_http_api(visit()))
    assert (found.subject, found.state) == ("HTTP API /recommendations", State.OK)
    assert found.detail == "1 group from Personalize; refuses an unsigned request"
    assert "/us-east-1/execute-api/aws4_request" in sent[-1]["Authorization"]


@pytest.mark.parametrize(
    ("unsigned", "signed", "told"),
    [
        (200, (200, GOOD), "status 200 without a signature or token"),
        (500, (200, GOOD), "status 500 without a signature or token"),
        (403, (403, {}), "status 403 for a signed request"),
        (403, (502, {}), "status 502 for a signed request"),
    ],
)
def test_given_an_api_that_admits_all_or_fails_then_it_fails(
    monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, str]], unsigned: int, signed: tuple[int, Any], told: str
) -> None:
    answer(monkeypatch, sent, unsigned, signed)
    found = only(http_api.check_http_api(visit()))
    assert found.state is State.FAILED
    assert told in found.detail


@pytest.mark.parametrize(("status", "state"), [(401, State.NOTE), (200, State.FAILED)])
def test_given_a_jwt_authorizer_then_only_its_refusal_can_be_seen_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, str]], status: int, state: State
) -> None:
    answer(monkeypatch, sent, status, (200, GOOD))
    found = only(http_api.check_http_api(visit("JWT")))
    assert found.state is state
    assert len(sent) == 1
    assert state is State.FAILED or "not called with one" in found.detail


def test_given_another_api_than_the_published_one_then_that_is_told() -> None:
    with pytest.raises(http_api.TaskError, match="no API has the published URL"):
        list(http_api.check_http_api(visit(url="https://other")))
