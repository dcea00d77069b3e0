"""Retry: a request to moto that failed because another thread changed a dictionary is executed again."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug import Request

from local_aws.http.web_server import WsgiApplication

_ATTEMPTS = 5
# The error of a dictionary or set: moto's models iterate over them without a lock.
_CHANGED = "changed size during iteration"


def with_retry(application: WsgiApplication) -> WsgiApplication:
    """Wrap an application of moto. SDKs would retry too, but Terraform only three times."""

    def application_with_retry(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = Request(environ).get_data(cache=False)
        for _ in range(_ATTEMPTS - 1):
            try:
                return application(environ | {"wsgi.input": io.BytesIO(body)}, start_response)
            except RuntimeError as error:
                if _CHANGED not in str(error):
                    raise
        return application(environ | {"wsgi.input": io.BytesIO(body)}, start_response)

    return application_with_retry
