"""Step Functions: the interpreter, what Terraform reads, names of executions and of parameters, status events."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel
from moto.core.config import default_user_config
from moto.core.responses import ActionResult
from moto.events.models import events_backends
from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.parser.utils import camel_to_snake_case
from moto.stepfunctions.responses import StepFunctionResponse

from local_aws.cloudwatch.metrics import put_metrics
from local_aws.moto_patches.patching import added, around

_MOST_CAUSE = 900


def apply() -> None:
    """See the corrections below; the interpreter is moto's own and only switched on."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    _answer_validation()
    _list_versions()
    _name_executions()
    _keep_reasons_of_stops()
    _restore_names()
    _stay_ended()
    _tell_whose_role_it_is()
    _emit_status_events()
    _count_executions()


def _answer_validation() -> None:
    """Cause: moto/stepfunctions/responses.py has no ValidateStateMachineDefinition; the provider plans with it."""

    @added(StepFunctionResponse)
    def validate_state_machine_definition(self: StepFunctionResponse) -> ActionResult:
        try:
            StepFunctionsParserBackend._validate_definition(self._get_param("definition"))
        except InvalidDefinition as error:
            message = str(error.message)[:_MOST_CAUSE]
            finding = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": message}
            return ActionResult({"result": "FAIL", "diagnostics": [finding], "truncated": False})
        return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


def _list_versions() -> None:
    """Cause: moto/stepfunctions/responses.py has no ListStateMachineVersions, which the provider calls to read."""

    @added(StepFunctionResponse)
    def list_state_machine_versions(self: StepFunctionResponse) -> ActionResult:
        machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
        versions = reversed(list(machine.versions.values()))
        listed = [{"stateMachineVersionArn": v.arn, "creationDate": v.creation_date} for v in versions]
        return ActionResult({"stateMachineVersions": listed})


def _name_executions() -> None:
    """Cause: moto/stepfunctions/parser/models.py names an execution that is started without a name "None"."""

    @around(StepFunctionsParserBackend, "start_execution")
    def start_execution(
        original: Any, self: StepFunctionsParserBackend, arn: str, name: str | None = None, *args: Any, **kw: Any
    ) -> Execution:
        return original(self, arn, name or str(uuid.uuid4()), *args, **kw)


def _keep_reasons_of_stops() -> None:
    """Cause: moto/stepfunctions/responses.py, stop_execution drops the error and the cause that it is given."""

    @around(StepFunctionResponse, "stop_execution")
    def stop_execution(original: Any, self: StepFunctionResponse) -> ActionResult:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        if execution.status == "RUNNING":
            execution.error, execution.cause = self._get_param("error"), self._get_param("cause")
        return original(self)


def _restore_names() -> None:
    """Give parameters and results of `aws-sdk:*` tasks the names and types that the SDK and the states language use.

    Cause: moto/stepfunctions/parser, _normalise_parameters and _normalise_response are empty there; LocalStack, where
    the interpreter comes from, fills them from botocore's models.
    """

    @added(StateTaskService)
    def _normalise_parameters(
        self: StateTaskService,
        parameters: dict[str, Any],
        boto_service_name: Any = None,
        service_action_name: Any = None,
    ) -> None:
        operation = _operation(self, boto_service_name, service_action_name)
        if operation and operation.input_shape:
            self._to_boto_request(parameters, operation.input_shape)

    @added(StateTaskService)
    def _normalise_response(
        self: StateTaskService, response: Any, boto_service_name: Any = None, service_action_name: Any = None
    ) -> None:
        operation = _operation(self, boto_service_name, service_action_name)
        if operation and operation.output_shape:
            self._from_boto_response(response, operation.output_shape)
        _write_times(response)

    state_task_service_aws_sdk._SERVICE_ERROR_NAMES["personalize"] = "Personalize"


@cache
def _operations(service: str) -> dict[str, OperationModel]:
    model = botocore.session.get_session().get_service_model(service)
    return {camel_to_snake_case(name): model.operation_model(name) for name in model.operation_names}


def _operation(task: StateTaskService, service: Any, action: Any) -> OperationModel | None:
    return _operations(task._get_boto_service_name(service)).get(task._get_boto_service_action(action))


def _write_times(value: Any) -> None:
    """Replace every datetime inside by ISO 8601 text."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        if isinstance(member, datetime):
            value[key] = member.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        else:
            _write_times(member)


def _stay_ended() -> None:
    """An execution that was stopped, or timed out, inside a Map is ABORTED or TIMED_OUT.

    Cause: moto/stepfunctions/parser/asl/eval/environment.py, set_error: the Map, which finds its iterations ended,
    fails, and takes the end's place.
    """

    @around(Environment, "set_error")
    def set_error(original: Any, self: Environment, error: Any) -> None:
        if not isinstance(self.program_state(), ProgramStopped | ProgramTimedOut):
            original(self, error=error)


def _tell_whose_role_it_is() -> None:
    """Say with a task's role for which state machine it is taken: trust policies ask (aws:SourceArn).

    Cause: moto/stepfunctions/parser/asl/component/state/exec/state_task/credentials.py knows the role alone.
    """

    @around(StateTask, "_eval_state_credentials")
    def _eval_state_credentials(original: Any, self: StateTask, env: Environment) -> Any:
        credentials = original(self, env)
        credentials.state_machine_arn = env.states.context_object.context_object_data["StateMachine"]["Id"]
        return credentials


def _emit_status_events() -> None:
    """Tell EventBridge when an execution starts and how it ends ("Step Functions Execution Status Change").

    Cause: moto emits none, so that a rule for FAILED, ABORTED and TIMED_OUT never hears of them.
    """

    @around(Execution, "start")
    def start(original: Any, self: Execution) -> None:
        original(self)
        _emit(self, "RUNNING")

    @around(BaseExecutionWorkerCommunication, "terminated")
    def terminated(original: Callable[..., None], self: BaseExecutionWorkerCommunication) -> None:
        original(self)
        _emit(self.execution, self.execution.status)


def _count_executions() -> None:
    """Tell CloudWatch how executions end ("Monitoring Step Functions metrics", developer guide).

    Cause: moto measures none, so that no alarm hears of them.
    """
    names = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "ABORTED": "Aborted", "TIMED_OUT": "TimedOut"}

    @around(BaseExecutionWorkerCommunication, "terminated")
    def terminated(original: Callable[..., None], self: BaseExecutionWorkerCommunication) -> None:
        original(self)
        ended = self.execution
        dimensions = [{"Name": "StateMachineArn", "Value": ended.state_machine.arn}]
        metric = {"MetricName": f"Executions{names[ended.status]}", "Value": 1.0, "Unit": "Count"}
        put_metrics(ended.account_id, ended.region_name, "AWS/States", [{**metric, "Dimensions": dimensions}])


def _emit(execution: Execution, status: str) -> None:
    ended = execution.stop_date if status != "RUNNING" else None
    detail = {
        "executionArn": execution.exec_arn,
        "stateMachineArn": execution.state_machine.arn,
        "name": execution.name,
        "status": status,
        "startDate": _milliseconds(execution.start_date),
        "stopDate": _milliseconds(ended) if ended else None,
        "input": json.dumps(execution.input_data),
        "output": json.dumps(execution.output) if status == "SUCCEEDED" else None,
        "error": execution.error if ended else None,
        "cause": execution.cause if ended else None,
    }
    event = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json.dumps(detail),
        "Resources": [execution.exec_arn],
    }
    events_backends[execution.account_id][execution.region_name].put_events([event])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
