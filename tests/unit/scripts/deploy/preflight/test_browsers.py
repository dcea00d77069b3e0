"""Pages that may call the API for browsers, and the issuers of tokens."""

import pytest

from scripts.common.findings import State
from scripts.deploy.preflight import browsers
from tests.unit.scripts.deploy.preflight.fakes import target

ISSUER = "https://id.example.org"
JWT = {"issuer": ISSUER, "audience": ["site"]}


def issuers(published, **variables):
    def get(url: str) -> object:
        assert url == f"{ISSUER}/.well-known/openid-configuration"
        if isinstance(published, Exception):
            raise published
        return published

    return list(browsers.check_issuers(target({}, **variables), get))


def test_without_apis_there_is_nothing_to_check():
    none = target({}, http_api=None, browser_api=None)
    assert [*browsers.check_origins(none), *browsers.check_issuers(none)] == []


def test_no_page_is_a_note_and_pages_are_named():
    (none,) = browsers.check_origins(target({}, browser_api={"origins": None}))
    (some,) = browsers.check_origins(target({}, browser_api={"origins": ["https://b.example", "https://a.example"]}))
    assert (none.state, some.state) == (State.NOTE, State.OK)
    assert some.detail == "https://a.example, https://b.example"


def test_an_issuer_that_publishes_itself_is_good_for_both_apis():
    published = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
    found = issuers(published, http_api={"jwt": JWT}, browser_api={"jwt": JWT})
    assert [(one.subject, one.state) for one in found] == [
        ("http_api.jwt.issuer", State.OK),
        ("browser_api.jwt.issuer", State.OK),
    ]


@pytest.mark.parametrize(
    "published", [{"issuer": f"{ISSUER}/", "jwks_uri": "x"}, {"issuer": ISSUER}, {"jwks_uri": "x"}, [], None]
)
def test_another_issuer_or_none_fails(published):
    (found,) = issuers(published, browser_api={"jwt": JWT})
    assert found.state == State.FAILED


@pytest.mark.parametrize("error", [ConnectionRefusedError("refused"), ValueError("no JSON")])
def test_an_issuer_that_cannot_be_read_from_here_is_a_note(error):
    (found,) = issuers(error, browser_api={"jwt": JWT})
    assert found.state == State.NOTE
