"""Athena: how many query executions are kept."""

from typing import Any

from moto.athena.models import AthenaBackend

from local_aws.moto_patches.patching import correction, wrap_method
from local_aws.retention import limits


@correction
def bound_query_executions() -> None:
    """Keep the newest query executions with their results, see `retention.Limits`; Athena keeps them 45 days.

    Cause: moto/athena/models.py keeps all.
    """

    @wrap_method(AthenaBackend, "start_query_execution")
    def start_query_execution(original: Any, self: AthenaBackend, *args: Any, **kwargs: Any) -> str:
        started: str = original(self, *args, **kwargs)
        for execution_id in list(self.executions)[: -limits().queries]:
            self.executions.pop(execution_id, None)
            self.query_results.pop(execution_id, None)
        return started
