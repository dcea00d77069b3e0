"""moto's core: how a request finds its service, and how a service finds the state of an account."""

from functools import lru_cache
from typing import Any

from moto.core.base_backend import BackendDict
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local_aws.moto_patches.patching import correction, wrap_method


@correction
def find_backends_without_a_lock() -> None:
    """Take the lock only to make a backend that does not exist yet.

    Cause: moto/core/base_backend.py, every look-up of a backend, several in each request, takes one lock for all
    services, and under it compares all dictionaries of backends one by one.
    """

    @wrap_method(BackendDict, "_create_account_specific_backend")
    def create(original: Any, self: dict[str, Any], account_id: str) -> None:
        if not dict.__contains__(self, account_id):
            original(self, account_id)


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
