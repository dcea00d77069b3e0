"""moto under many threads: a request that stumbled over another one's change is answered in a second try."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug import Request

from local_aws.http.web_server import WsgiApplication

_TRIES = 5
_STUMBLED = "changed size during iteration"  # of a dictionary or set: what moto's models iterate over without a lock


def tried_again(application: WsgiApplication) -> WsgiApplication:
    """Put before an application of moto: SDKs would repeat the request too, but only three times under Terraform."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = Request(environ).get_data(cache=False)
        for _ in range(_TRIES - 1):
            try:
                return application(environ | {"wsgi.input": io.BytesIO(body)}, start_response)
            except RuntimeError as error:
                if _STUMBLED not in str(error):
                    raise
        return application(environ | {"wsgi.input": io.BytesIO(body)}, start_response)

    return answer
