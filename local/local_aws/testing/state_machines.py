"""A state machine that calls a function, and its executions."""

import json
from typing import Any

from local_aws.testing.server import LocalAws, unique_name

ECHO = """
def handler(event, context):
    if event.get("fail"):
        raise ValueError("told to")
    return event
"""


def create_state_machine(aws: LocalAws) -> str:
    """Create a state machine that calls a function, and fails for an input with `fail`, and return its ARN."""
    alias = aws.client("lambda").get_alias(FunctionName=aws.create_function(ECHO), Name="live")["AliasArn"]
    invoke = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": alias, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 2}],
        "End": True,
    }
    definition = json.dumps({"StartAt": "Invoke", "States": {"Invoke": invoke}})
    made = aws.client("stepfunctions").create_state_machine(
        name=unique_name("machine"), definition=definition, roleArn=aws.create_role()
    )
    return str(made["stateMachineArn"])


def executions(aws: LocalAws, machine: str) -> list[dict[str, Any]]:
    """Return the executions of a state machine as they are described."""
    states = aws.client("stepfunctions")
    listed = states.list_executions(stateMachineArn=machine)["executions"]
    return [states.describe_execution(executionArn=found["executionArn"]) for found in listed]


def inputs(aws: LocalAws, machine: str) -> list[Any]:
    """Return the inputs of all executions of a state machine."""
    return [json.loads(found["input"]) for found in executions(aws, machine)]
