"""IAM: whose key a request carries, AWS's own policies, changing a role."""

from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.responses import IamResponse

from local_aws.moto_patches.patching import added, around


def apply() -> None:
    """See the corrections below."""
    _find_accounts_without_making_any()
    _load_policies_where_used()
    _change_only_what_is_named()


def _find_accounts_without_making_any() -> None:
    """Cause: moto/iam/models.py, get_account_id_from makes a backend for every partition of every account, with some
    1,300 policies each, and asks all of them at every request: seconds at the first, half a millisecond ever after.
    """

    def get_account_id_from(access_key: str) -> str:
        for account_id, partitions in list(iam_backends.items()):
            if any(access_key in backend.access_keys for backend in list(partitions.values())):
                return account_id
        return DEFAULT_ACCOUNT_ID

    models.get_account_id_from = get_account_id_from


def _load_policies_where_used() -> None:
    """Cause: as above; nobody here works in the partitions of China or of governments."""

    @around(IAMBackend, "_init_aws_policies")
    def _init_aws_policies(original: Any, self: IAMBackend) -> list[Any]:
        return original(self) if self.region_name == "aws" else []


def _change_only_what_is_named() -> None:
    """Cause: moto/iam/responses.py, update_role sets description and session duration to None or 3600 when the request
    leaves them out; Terraform sends each in a request of its own, so that one of the two never converges.
    """

    @added(IamResponse)
    def update_role(self: IamResponse) -> ActionResult:
        role = self.backend.get_role(self._get_param("RoleName"))
        if (description := self._get_param("Description")) is not None:
            role.description = description
        if (seconds := self._get_param("MaxSessionDuration")) is not None:
            role.max_session_duration = int(seconds)
        return EmptyResult()
