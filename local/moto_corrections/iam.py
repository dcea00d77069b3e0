"""IAM: changing a role."""

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.responses import IamResponse

from local.moto_corrections.replacing import added


def apply() -> None:
    """Change only what UpdateRole names.

    Cause: moto/iam/responses.py sets description and session duration to None or 3600 when the request leaves them out;
    Terraform sends each in a request of its own, so that one of the two never converges.
    """

    @added(IamResponse)
    def update_role(self: IamResponse) -> ActionResult:
        role = self.backend.get_role(self._get_param("RoleName"))
        if (description := self._get_param("Description")) is not None:
            role.description = description
        if (seconds := self._get_param("MaxSessionDuration")) is not None:
            role.max_session_duration = int(seconds)
        return EmptyResult()
