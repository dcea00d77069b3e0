"""State machines run in moto's interpreter, on this server."""

import json
from collections.abc import Callable
from typing import Any

from local_aws.testing.server import LocalAws

Eventually = Callable[..., Any]


def test_executions_run_side_by_side_and_end(aws: LocalAws, machine: str, eventually: Eventually) -> None:
    states = aws.client("stepfunctions")
    arns = [
        states.start_execution(stateMachineArn=machine, input=json.dumps({"n": n}))["executionArn"] for n in range(3)
    ]
    assert len(set(arns)) == 3

    def ended() -> list[dict[str, Any]]:
        found = [states.describe_execution(executionArn=arn) for arn in arns]
        return found if all(execution["status"] == "SUCCEEDED" for execution in found) else []

    assert [json.loads(execution["output"]) for execution in eventually(ended)] == [{"n": n} for n in range(3)]
