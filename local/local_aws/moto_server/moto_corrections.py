"""moto's server: how a request finds its service, and what is added to every response."""

from functools import lru_cache
from typing import Any

from moto.moto_server import werkzeug_app
from moto.moto_server.utilities import RegexConverter
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local_aws.moto_patches.patching import correction, wrap_method


@correction
def remember_hosts() -> None:
    """Remember which host belongs to which service.

    Cause: moto/moto_server/werkzeug_app.py matches every request against some two hundred patterns, one by one.
    """
    find = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = lru_cache(maxsize=1024)(find)  # type: ignore[method-assign]


@correction
def leave_out_cors_headers() -> None:
    """Send no CORS headers, which would let pages of every origin read responses.

    Cause: moto/moto_server/werkzeug_app.py puts flask-cors before every service, open to all origins and headers.
    """
    vars(werkzeug_app)["DISABLE_GLOBAL_CORS"] = True


@correction
def take_keys_with_line_breaks() -> None:
    """Take keys with line breaks.

    Cause: the patterns of paths in moto/s3/urls.py have a `.`, which matches no line break: 404.
    """

    @wrap_method(RegexConverter, "__init__")
    def initialize(original: Any, self: RegexConverter, url_map: Any, pattern: str) -> None:
        original(self, url_map, f"(?s:{pattern})")
