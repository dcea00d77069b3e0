"""Step Functions: how many finished executions are kept."""

from typing import Any

from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local_aws.moto_patches.patching import correction, wrap_method
from local_aws.retention import limits


@correction
def bound_finished_executions() -> None:
    """Keep the newest finished executions of a state machine with their histories, see `retention.Limits`.

    Cause: moto/stepfunctions/parser/models.py keeps all; Step Functions keeps them 90 days.
    """

    @wrap_method(StepFunctionsParserBackend, "start_execution")
    def start_execution(original: Any, self: StepFunctionsParserBackend, arn: str, *args: Any, **kwargs: Any) -> Any:
        started = original(self, arn, *args, **kwargs)
        executions = self.describe_state_machine(arn).executions
        finished = [execution for execution in executions if execution.status != "RUNNING"]
        for execution in finished[: -limits().executions]:
            executions.remove(execution)
        return started
