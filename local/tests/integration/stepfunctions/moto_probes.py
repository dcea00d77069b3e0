"""Probes of the corrections of Step Functions."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any
from unittest import mock

from local_aws.testing.moto_probes import ACCOUNT, REGION, client, create_role, probe

DEFINITION = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
WAITING = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": True}}}
MAP = {"Type": "Map", "ItemsPath": "$", "ItemProcessor": WAITING, "End": True}


@contextlib.contextmanager
def interpreter() -> Iterator[None]:
    """Let moto run executions, for probes of other corrections."""
    from moto.core.config import default_user_config

    with mock.patch.dict(default_user_config, stepfunctions={"execute_state_machine": True}):
        yield


def run_to_end(definition: dict[str, Any]) -> dict[str, Any]:
    states = client("stepfunctions")
    arn = states.create_state_machine(name="m", definition=json.dumps(definition), roleArn=create_role())
    run = states.start_execution(stateMachineArn=arn["stateMachineArn"], name="n")["executionArn"]
    deadline = time.monotonic() + 5
    while (found := states.describe_execution(executionArn=run))["status"] == "RUNNING":
        assert time.monotonic() < deadline, "the execution does not end"
        time.sleep(0.05)
    return found


@probe("stepfunctions.validate_definitions")
def definition_is_validated() -> None:
    assert client("stepfunctions").validate_state_machine_definition(definition=DEFINITION)["result"] == "OK"


@probe("stepfunctions.list_versions")
def versions_are_listed() -> None:
    states = client("stepfunctions")
    arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=create_role())["stateMachineArn"]
    assert states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"] == []


@probe("stepfunctions.name_executions")
def execution_without_a_name_gets_one() -> None:
    with interpreter():
        states = client("stepfunctions")
        arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=create_role())["stateMachineArn"]
        assert not states.start_execution(stateMachineArn=arn)["executionArn"].endswith(":None")


@probe("stepfunctions.emit_status_events")
def tells_event_bridge() -> None:
    with interpreter():
        states, events, logs = client("stepfunctions"), client("events"), client("logs")
        logs.create_log_group(logGroupName="/g")
        events.put_rule(Name="ended", EventPattern=json.dumps({"source": ["aws.states"]}))
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/g"
        events.put_targets(Rule="ended", Targets=[{"Id": "a", "Arn": group}])
        arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=create_role())["stateMachineArn"]
        states.start_execution(stateMachineArn=arn, name="n")
        time.sleep(0.5)
        assert len(logs.describe_log_streams(logGroupName="/g")["logStreams"]) == 2


@probe("stepfunctions.count_executions")
def executions_are_counted() -> None:
    with interpreter():
        states = client("stepfunctions")
        arn = states.create_state_machine(name="m", definition=DEFINITION, roleArn=create_role())["stateMachineArn"]
        states.start_execution(stateMachineArn=arn, name="n")
        time.sleep(0.5)
        (metric,) = client("cloudwatch").list_metrics(Namespace="AWS/States")["Metrics"]
        assert metric["MetricName"] == "ExecutionsSucceeded"


@probe("stepfunctions.keep_end_status")
def stopped_inside_a_map_is_aborted() -> None:
    with interpreter():
        states = client("stepfunctions")
        definition = json.dumps({"StartAt": "M", "States": {"M": MAP}})
        arn = states.create_state_machine(name="m", definition=definition, roleArn=create_role())["stateMachineArn"]
        run = states.start_execution(stateMachineArn=arn, name="n", input="[1]")["executionArn"]
        time.sleep(0.5)
        states.stop_execution(executionArn=run)
        time.sleep(0.5)
        assert states.describe_execution(executionArn=run)["status"] == "ABORTED"


@probe("stepfunctions.keep_stop_reasons")
def stop_keeps_its_reason() -> None:
    with interpreter():
        states = client("stepfunctions")
        wait = {"Type": "Wait", "Seconds": 30, "End": True}
        definition = json.dumps({"StartAt": "W", "States": {"W": wait}})
        machine = states.create_state_machine(name="m", definition=definition, roleArn=create_role())["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine, name="n")["executionArn"]
        states.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
        found = states.describe_execution(executionArn=execution)
        assert (found["error"], found["cause"]) == ("Stopped", "by hand")


@probe("stepfunctions.execute_state_machines")
def executions_are_run() -> None:
    definition = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Planned"}}}
    assert run_to_end(definition)["status"] == "FAILED"


CREATE_SCHEMA = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:personalize:createSchema",
    "Parameters": {"Name": "s", "Schema": "{}"},
    "End": True,
}


@probe("stepfunctions.convert_sdk_names")
def sdk_tasks_have_the_names_of_the_states_language() -> None:
    with interpreter():
        ended = run_to_end({"StartAt": "T", "States": {"T": CREATE_SCHEMA}})
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["SchemaArn"].endswith(":schema/s")


@probe("stepfunctions.pass_state_machine_arn")
def tasks_know_their_state_machine() -> None:
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk

    seen: list[str | None] = []

    def record(region: str, service: str, state_credentials: Any = None) -> Any:
        seen.append(getattr(state_credentials, "state_machine_arn", None))
        return client(service)

    with interpreter(), mock.patch.object(state_task_service_aws_sdk, "boto_client_for", record):
        ended = run_to_end({"StartAt": "T", "States": {"T": CREATE_SCHEMA}})
    assert seen == [ended["stateMachineArn"]]


@probe("stepfunctions.evaluate_time_limits")
def limits_of_a_stopped_task_are_numbers() -> None:
    from moto.stepfunctions.parser.asl.component.common.timeouts.heartbeat import HeartbeatSeconds
    from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds

    stopped = mock.Mock(stack=[{"input": "of the state"}], is_running=lambda: False)
    for limit, seconds in ((TimeoutSeconds(300), 300), (HeartbeatSeconds(60), 60)):
        limit.eval(stopped)
        assert stopped.stack.pop() == seconds


@probe("stepfunctions.bound_finished_executions")
def finished_executions_are_bounded() -> None:
    from moto.stepfunctions.parser.models import stepfunctions_parser_backends

    states = client("stepfunctions")
    definition = json.dumps({"StartAt": "a", "States": {"a": {"Type": "Pass", "End": True}}})
    arn = states.create_state_machine(name="s", definition=definition, roleArn=create_role())["stateMachineArn"]
    machine = stepfunctions_parser_backends[ACCOUNT][REGION].describe_state_machine(arn)
    machine.executions += [mock.Mock(status="SUCCEEDED", execution_arn=str(number)) for number in range(1_002)]
    machine.executions.insert(0, mock.Mock(status="RUNNING", execution_arn="running"))
    states.start_execution(stateMachineArn=arn)
    assert [execution.execution_arn for execution in machine.executions[:2]] == ["running", "2"]
