"""Step Functions: the interpreter, what Terraform reads, names of executions and parameters, status events."""

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
from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import Heartbeat
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import Timeout
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
from local_aws.moto_patches.patching import correction, set_method, wrap_method

_MAXIMUM_MESSAGE = 900


@correction
def execute_state_machines() -> None:
    """Run executions.

    Cause: moto has an interpreter, but by default it only pretends that an execution ran.
    """
    default_user_config["stepfunctions"] = {"execute_state_machine": True}


@correction
def validate_definitions() -> None:
    """Answer ValidateStateMachineDefinition, which the provider calls when it plans.

    Cause: moto/stepfunctions/responses.py has no such action.
    """

    @set_method(StepFunctionResponse)
    def validate_state_machine_definition(self: StepFunctionResponse) -> ActionResult:
        try:
            StepFunctionsParserBackend._validate_definition(self._get_param("definition"))
        except InvalidDefinition as error:
            message = str(error.message)[:_MAXIMUM_MESSAGE]
            finding = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": message}
            return ActionResult({"result": "FAIL", "diagnostics": [finding], "truncated": False})
        return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


@correction
def list_versions() -> None:
    """Answer ListStateMachineVersions, which the provider calls when it reads.

    Cause: moto/stepfunctions/responses.py has no such action.
    """

    @set_method(StepFunctionResponse)
    def list_state_machine_versions(self: StepFunctionResponse) -> ActionResult:
        machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
        versions = reversed(list(machine.versions.values()))
        listed = [{"stateMachineVersionArn": v.arn, "creationDate": v.creation_date} for v in versions]
        return ActionResult({"stateMachineVersions": listed})


@correction
def name_executions() -> None:
    """Give an execution without a name a UUID as its name.

    Cause: moto/stepfunctions/parser/models.py calls it "None".
    """

    @wrap_method(StepFunctionsParserBackend, "start_execution")
    def start_execution(
        original: Any, self: StepFunctionsParserBackend, arn: str, name: str | None = None, *args: Any, **kw: Any
    ) -> Any:
        return original(self, arn, name or str(uuid.uuid4()), *args, **kw)


@correction
def keep_stop_reasons() -> None:
    """Keep the error and the cause with which an execution is stopped.

    Cause: moto/stepfunctions/responses.py, stop_execution drops both.
    """

    @wrap_method(StepFunctionResponse, "stop_execution")
    def stop_execution(original: Any, self: StepFunctionResponse) -> Any:
        execution = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        if execution.status == "RUNNING":
            execution.error, execution.cause = self._get_param("error"), self._get_param("cause")
        return original(self)


@correction
def convert_sdk_names() -> None:
    """Convert the names and types in parameters and results of `aws-sdk:*` tasks between the SDK and the language.

    Cause: moto/stepfunctions/parser, _normalise_parameters and _normalise_response are empty; LocalStack, where the
    interpreter comes from, fills them from botocore's models.
    """

    @set_method(StateTaskService)
    def _normalise_parameters(
        self: StateTaskService,
        parameters: dict[str, Any],
        boto_service_name: Any = None,
        service_action_name: Any = None,
    ) -> None:
        operation = _operation(self, boto_service_name, service_action_name)
        if operation and operation.input_shape:
            self._to_boto_request(parameters, operation.input_shape)

    @set_method(StateTaskService)
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


@correction
def keep_end_status() -> None:
    """Keep ABORTED or TIMED_OUT as the status of an execution that was stopped, or timed out, inside a Map.

    Cause: moto/stepfunctions/parser/asl/eval/environment.py, set_error: the Map finds that its iterations have ended,
    fails, and its error replaces the status.
    """

    @wrap_method(Environment, "set_error")
    def set_error(original: Any, self: Environment, error: Any) -> None:
        if not isinstance(self.program_state(), ProgramStopped | ProgramTimedOut):
            original(self, error=error)


@correction
def evaluate_time_limits() -> None:
    """Evaluate the TimeoutSeconds and HeartbeatSeconds of a task even if the execution was stopped meanwhile.

    Cause: moto/stepfunctions/parser/asl/component/eval_component.py, eval does nothing once the execution was stopped.
    Its callers, e.g. state_task_lambda.py, still take the limit from the stack, where the input of the state then is.
    As `timeoutInSeconds` it is in the history, and every GetExecutionHistory fails.
    """
    for limit in (Timeout, Heartbeat):

        @set_method(limit)
        def eval(self: Timeout | Heartbeat, env: Environment) -> None:
            self._eval_body(env)


@correction
def pass_state_machine_arn() -> None:
    """Pass the ARN of the state machine with the role of a task: trust policies may ask for it (aws:SourceArn).

    Cause: moto/stepfunctions/parser/asl/component/state/exec/state_task/credentials.py holds only the role.
    """

    @wrap_method(StateTask, "_eval_state_credentials")
    def _eval_state_credentials(original: Any, self: StateTask, env: Environment) -> Any:
        credentials = original(self, env)
        credentials.state_machine_arn = env.states.context_object.context_object_data["StateMachine"]["Id"]
        return credentials


@correction
def emit_status_events() -> None:
    """Send the event "Step Functions Execution Status Change" when an execution starts and when it ends.

    Cause: moto sends none, so that a rule for FAILED, ABORTED and TIMED_OUT never matches.
    """

    @wrap_method(Execution, "start")
    def start(original: Any, self: Execution) -> None:
        original(self)
        _emit(self, "RUNNING")

    @wrap_method(BaseExecutionWorkerCommunication, "terminated")
    def terminated(original: Callable[..., None], self: BaseExecutionWorkerCommunication) -> None:
        original(self)
        _emit(self.execution, self.execution.status)


@correction
def count_executions() -> None:
    """Record in CloudWatch how executions end ("Monitoring Step Functions metrics", developer guide).

    Cause: moto records no metrics, so that no alarm goes off.
    """
    names = {"SUCCEEDED": "Succeeded", "FAILED": "Failed", "ABORTED": "Aborted", "TIMED_OUT": "TimedOut"}

    @wrap_method(BaseExecutionWorkerCommunication, "terminated")
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
