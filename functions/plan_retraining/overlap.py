"""Two runs never overlap: of those under way, only the oldest goes on."""

from datetime import datetime
from typing import Any


def older_run(
    step_functions: Any, state_machine_arn: str, execution_arn: str, started_at: str
) -> dict[str, Any] | None:
    """Answer the oldest RUNNING execution if it began before this one (at `started_at`, ISO 8601), or None.

    Executions that began at the same moment are told apart by their ARN, so that exactly one of them goes on.
    ListExecutions may lag for a moment after a start; then check_interactions still sees the other run's training.
    """
    pages = step_functions.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine_arn, statusFilter="RUNNING"
    )
    ages = {_age(execution): execution for page in pages for execution in page["executions"]}
    own = next((age for age in ages if age[1] == execution_arn), (datetime.fromisoformat(started_at), execution_arn))
    oldest = min([own, *ages])
    return None if oldest == own else ages[oldest]


def _age(execution: dict[str, Any]) -> tuple[datetime, str]:
    return execution["startDate"], execution["executionArn"]
