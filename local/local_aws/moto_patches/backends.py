"""All services: an account's backend is found without waiting for others."""

from typing import Any

from moto.core.base_backend import BackendDict

from local_aws.moto_patches.patching import around


def apply() -> None:
    """Take the lock only to make what is not there yet.

    Cause: moto/core/base_backend.py, every look-up of a backend, several in each request, takes one lock for all
    services, and under it compares all dictionaries of backends one by one.
    """

    @around(BackendDict, "_create_account_specific_backend")
    def create(original: Any, self: BackendDict, account_id: str) -> None:
        if not dict.__contains__(self, account_id):
            original(self, account_id)
