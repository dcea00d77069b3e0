"""CloudWatch Logs: log group class."""

from typing import Any

from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from local_aws.moto_patches.patching import correction, wrap_method


@correction
def keep_log_group_class() -> None:
    """Keep a log group's class.

    Cause: moto/logs/responses.py, create_log_group drops logGroupClass and describe_log_groups never returns it, so
    that aws_cloudwatch_log_group is replaced in every plan.
    """

    @wrap_method(LogsResponse, "create_log_group")
    def create_log_group(original: Any, self: LogsResponse) -> Any:
        answer = original(self)
        group: Any = self.logs_backend.groups[self._get_param("logGroupName")]
        group.log_group_class = self._get_param("logGroupClass") or "STANDARD"
        return answer

    @wrap_method(LogGroup, "to_describe_dict")
    def to_describe_dict(original: Any, self: LogGroup) -> dict[str, Any]:
        return {**original(self), "logGroupClass": getattr(self, "log_group_class", "STANDARD")}
