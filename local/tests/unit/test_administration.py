"""Which requests `/_local/` answers, and with which headers."""

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from local_aws.administration import Administration
from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response

OWN = {"Origin": "http://localhost:4566", "Content-Type": "application/json"}


def echo(request: Request) -> Response:
    return json_response({"method": request.method, "limit": read_limit(request, 7)})


@pytest.fixture
def administration() -> Administration:
    return Administration({"echo": echo}, {})


def answer(administration: Administration, path: str, method: str = "GET", **headers: str) -> Response:
    builder = EnvironBuilder(path=path, method=method, base_url="http://localhost:4566", headers=headers)
    return administration.handle(Request(builder.get_environ()))


def test_given_any_answer_then_no_other_page_may_embed_it(administration: Administration) -> None:
    for path in ("/_local/health", "/_local/unknown"):
        headers = answer(administration, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "", "1e3", "\uff19", "1" * 5000])
def test_given_a_wrong_limit_then_the_error_names_it(administration: Administration, limit: str) -> None:
    response = administration.read(f"echo?limit={limit}")
    assert response.status_code == 400
    assert response.get_json() == {"message": "limit: expected a number of 1 to 1000"}


def test_given_a_path_with_a_query_when_read_then_it_is_answered_like_get(administration: Administration) -> None:
    assert administration.read("echo?limit=3").get_json() == {"method": "GET", "limit": 3}
    assert administration.read("unknown").status_code == 404


def test_given_a_program_then_it_may_change_something(administration: Administration) -> None:
    assert answer(administration, "/_local/echo", "PUT").status_code == 200


def test_given_the_own_page_then_it_may_change_something(administration: Administration) -> None:
    assert answer(administration, "/_local/echo", "POST", **OWN).status_code == 200
    assert answer(administration, "/_local/echo", "POST", **OWN | {"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": "http://localhost:3000"},
        {"Origin": "https://localhost:4566"},
        {"Origin": "http://127.0.0.1:4566"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain; application/json"},
        {"Content-Type": ""},
    ],
)
def test_given_another_page_or_a_form_then_it_may_not(
    administration: Administration, method: str, changed: dict[str, str]
) -> None:
    assert answer(administration, "/_local/echo", method, **OWN | changed).status_code == 403
