"""Which headers a document of others gets."""

from werkzeug import Response
from werkzeug.test import run_wsgi_app

from local_aws.http.sandbox import sandboxed


def test_given_a_page_with_a_policy_of_its_own_then_both_hold() -> None:
    page = Response("<p>", headers={"Content-Security-Policy": "img-src 'none'", "X-Of-The-Page": "kept"})
    body, status, headers = run_wsgi_app(sandboxed(page), {"REQUEST_METHOD": "GET"}, buffered=True)
    assert b"".join(body) == b"<p>"
    assert status == "200 OK"
    assert headers["X-Of-The-Page"] == "kept"
    assert headers.getlist("Content-Security-Policy") == ["img-src 'none'", "sandbox allow-scripts"]
