"""Retraining runs of an environment: executions of its state machine that are under way."""

from __future__ import annotations

from scripts.common.personalize import Poll
from scripts.operate.deployment import Deployment


def find_running_execution(deployment: Deployment) -> str | None:
    """Return the ARN of the oldest retraining run that is under way, or None."""
    pages = (
        deployment.aws.client("stepfunctions")
        .get_paginator("list_executions")
        .paginate(stateMachineArn=deployment.name("state-machine"), statusFilter="RUNNING")
    )
    running = sorted((one for page in pages for one in page["executions"]), key=lambda one: one["startDate"])
    return running[0]["executionArn"] if running else None


def stop_execution(deployment: Deployment, execution_arn: str, cause: str, poll: Poll) -> None:
    """Stop a run, and wait until it has ended. A rule of EventBridge stops its trainings."""
    step_functions = deployment.aws.client("stepfunctions")
    step_functions.stop_execution(executionArn=execution_arn, cause=cause)
    poll.wait_until(
        execution_arn.rpartition(":")[2],
        lambda: step_functions.describe_execution(executionArn=execution_arn),
        lambda described: described is not None and described["status"] != "RUNNING",
    )
