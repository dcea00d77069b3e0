"""State machines with their newest executions, and how far one execution is."""

import json
from typing import Any

from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from local_aws.stepfunctions.progress import progress_of

_MOST_CHARACTERS = 65_536  # of the JSON text of an output


def list_state_machines(limit: int) -> list[dict[str, Any]]:
    """Return each state machine: ARN, name, and its newest executions, newest first."""
    machines = [machine for backend in _backends() for machine in list(backend.state_machines)]
    return [
        {
            "arn": machine.arn,
            "name": machine.name,
            "executions": [_describe(execution) for execution in list(machine.executions)[: -limit - 1 : -1]],
        }
        for machine in machines
    ]


def describe_execution(arn: str) -> dict[str, Any] | None:
    """Return an execution, the definition that it runs, and its progress; None if it does not exist (any more)."""
    machines = [machine for backend in _backends() for machine in list(backend.state_machines)]
    executions = (execution for machine in machines for execution in list(machine.executions))
    found = next((execution for execution in executions if execution.exec_arn == arn), None)
    if found is None:
        return None
    definition = json.loads(found.state_machine.definition)
    events = found.to_history_output()["events"]
    return {**_describe(found), "definition": definition, "progress": progress_of(events, found.status)}


def _backends() -> list[Any]:
    return [backend for account in list(stepfunctions_parser_backends.values()) for backend in list(account.values())]


def _describe(execution: Execution) -> dict[str, Any]:
    return {
        "arn": execution.exec_arn,
        "name": execution.name,
        "status": execution.status,
        "started": execution.start_date.isoformat(),
        "stopped": execution.stop_date.isoformat() if execution.stop_date else None,
        "error": execution.error,
        "cause": execution.cause,
        "output": _output(execution),
    }


def _output(execution: Execution) -> Any:
    """Return the output of an execution that succeeded, unless it is long."""
    if execution.status != "SUCCEEDED":
        return None
    return execution.output if len(json.dumps(execution.output)) <= _MOST_CHARACTERS else None
