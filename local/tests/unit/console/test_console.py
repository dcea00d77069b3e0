"""The console's page and files, and who may read the changes."""

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from local_aws.console import Console
from local_aws.http.responses import json_response

PAGE = files("local_aws.console") / "page"
NAMES = sorted(file.name for file in PAGE.iterdir() if file.is_file())


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console(lambda path: json_response({}))
    yield console
    console.close()


def get(console: Console, path: str, method: str = "GET", **headers: str) -> Response:
    builder = EnvironBuilder(path=path, method=method, base_url="http://localhost:1", headers=headers)
    return console.handle(Request(builder.get_environ()))


@pytest.mark.parametrize("name", ["", *(f"/{name}" for name in NAMES if name != "index.html")])
def test_given_a_file_of_the_page_then_it_is_served_with_a_strict_policy(console: Console, name: str) -> None:
    response = get(console, f"/_local/console{name}")
    assert response.status_code == 200
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src", "img-src")} == {"'self'"}
    assert {policy[name] for name in ("base-uri", "form-action", "frame-ancestors", "trusted-types")} == {"'none'"}


@pytest.mark.parametrize("name", ["../console.py", "console.py", "x.js", ".js", "__init__.py", "index.html/", "a/b.js"])
def test_given_another_name_then_there_is_no_such_file(console: Console, name: str) -> None:
    assert get(console, f"/_local/console/{name}").status_code == 404


def test_given_another_method_then_it_is_refused(console: Console) -> None:
    assert get(console, "/_local/console", "POST").status_code == 405
    assert get(console, "/_local/console/changes?watch=mails", "HEAD").status_code == 405
    assert get(console, "/_local/console", "HEAD").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://localhost:2"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_given_another_page_then_it_may_not_read_the_changes(console: Console, headers: dict[str, str]) -> None:
    assert get(console, "/_local/console/changes?watch=mails", **headers).status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?watch=console/changes", 400), ("?watch=/console", 400), ("?watch=a" + "&watch=a" * 40, 400)],
)
def test_given_wrong_paths_to_watch_then_they_are_refused(console: Console, query: str, status: int) -> None:
    assert get(console, f"/_local/console/changes{query}").status_code == status


def test_the_files_have_no_foreign_resource_and_nothing_that_writes_markup() -> None:
    for name in NAMES:
        text = (PAGE / name).read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.findall(r"https?://|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), name


def test_the_page_has_no_inline_script_and_no_inline_style() -> None:
    page = (PAGE / "index.html").read_text()
    assert not re.findall(r"<style|\sstyle=|\son\w+=", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
