"""Runs must not overlap: of the runs in progress, only the oldest one goes on."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_stepfunctions import SFNClient
    from types_boto3_stepfunctions.type_defs import ExecutionListItemTypeDef


def find_older_run(
    step_functions: "SFNClient", state_machine_arn: str, execution_arn: str, started_at: str
) -> "ExecutionListItemTypeDef | None":
    """Return the oldest RUNNING execution if it started before this one (at `started_at`, ISO 8601), or None.

    Executions that started at the same moment are ordered by their ARN, so that exactly one of them goes on.
    ListExecutions may not have an execution right after its start. Then check_interactions still finds the other run's
    training.
    """
    pages = step_functions.get_paginator("list_executions").paginate(
        stateMachineArn=state_machine_arn, statusFilter="RUNNING"
    )
    by_age = {_age(execution): execution for page in pages for execution in page["executions"]}
    own = next((age for age in by_age if age[1] == execution_arn), (datetime.fromisoformat(started_at), execution_arn))
    oldest = min([own, *by_age])
    return None if oldest == own else by_age[oldest]


def _age(execution: "ExecutionListItemTypeDef") -> tuple[datetime, str]:
    return execution["startDate"], execution["executionArn"]
