"""IAM: the account of an access key, AWS's managed policies, updates of a role."""

from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.responses import IamResponse

from local_aws.moto_patches.patching import correction, set_method, wrap_method


@correction
def find_account_without_creating_backends() -> None:
    """Find the account of an access key without creating backends.

    Cause: moto/iam/models.py, get_account_id_from creates a backend for every partition of every account, with some
    1,300 policies each, and searches all of them in every request: seconds at the first, half a millisecond later.
    """

    def get_account_id_from(access_key: str) -> str:
        for account_id, partitions in list(iam_backends.items()):
            if any(access_key in backend.access_keys for backend in list(partitions.values())):
                return account_id
        return DEFAULT_ACCOUNT_ID

    models.get_account_id_from = get_account_id_from


@correction
def load_managed_policies_of_one_partition() -> None:
    """Load AWS's managed policies for the partition `aws` only.

    Cause: as above; the partitions of China and of governments are not used here.
    """

    @wrap_method(IAMBackend, "_init_aws_policies")
    def _init_aws_policies(original: Any, self: IAMBackend) -> list[Any]:
        return original(self) if self.region_name == "aws" else []


@correction
def update_only_given_fields() -> None:
    """Update only the fields of a role that the request gives.

    Cause: moto/iam/responses.py, update_role sets description and session duration to None or 3600 when the request
    leaves them out; Terraform sends each in a separate request, so that one of the two never converges.
    """

    @set_method(IamResponse)
    def update_role(self: IamResponse) -> ActionResult:
        role: Any = self.backend.get_role(self._get_param("RoleName"))
        if (description := self._get_param("Description")) is not None:
            role.description = description
        if (seconds := self._get_param("MaxSessionDuration")) is not None:
            role.max_session_duration = int(seconds)
        return EmptyResult()
