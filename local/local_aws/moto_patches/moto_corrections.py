"""moto's core: how a service finds the state of an account."""

from typing import Any

from moto.core.base_backend import BackendDict

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
