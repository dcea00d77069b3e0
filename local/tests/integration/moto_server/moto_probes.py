"""Probes of the corrections of moto's server."""

import contextlib
import io

from local_aws.testing.moto_probes import probe


@probe("moto_server.remember_hosts")
def host_is_matched_once() -> None:
    from moto.server import DomainDispatcherApplication

    application = DomainDispatcherApplication(lambda service: None)
    with contextlib.redirect_stdout(io.StringIO()):
        found = application.get_backend_for_host("sqs.us-east-1.amazonaws.com")
        application.backend_url_patterns = []
        again = application.get_backend_for_host("sqs.us-east-1.amazonaws.com")
    assert (found, again) == ("sqs", "sqs")


@probe("moto_server.leave_out_cors_headers")
def preflight_of_a_page_is_not_allowed() -> None:
    from moto.moto_server.werkzeug_app import create_backend_app
    from werkzeug.test import Client

    headers = {"Origin": "https://evil.example", "Access-Control-Request-Headers": "authorization"}
    response = Client(create_backend_app("sqs")).options("/", headers=headers)
    assert "Access-Control-Allow-Origin" not in response.headers
