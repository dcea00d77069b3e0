"""moto's front: how a request finds its service."""

from functools import lru_cache

from moto.server import DomainDispatcherApplication


def apply() -> None:
    """Remember which host belongs to which service.

    Cause: moto/moto_server/werkzeug_app.py matches every request against some two hundred patterns, one by one.
    """
    find = DomainDispatcherApplication.get_backend_for_host
    DomainDispatcherApplication.get_backend_for_host = lru_cache(maxsize=1024)(find)  # type: ignore[method-assign]
