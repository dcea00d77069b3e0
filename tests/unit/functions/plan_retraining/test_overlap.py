"""Runs that would overlap: exactly one of them goes on."""

from datetime import timedelta
from typing import Any

import pytest

from plan_retraining.overlap import find_older_run
from tests.unit.functions.fakes import FakeStepFunctions
from tests.unit.functions.retraining import NOW


def execution(arn: str, seconds: float) -> dict[str, Any]:
    return {"executionArn": arn, "name": arn, "startDate": NOW + timedelta(seconds=seconds)}


@pytest.mark.parametrize(
    ("runs", "older"),
    [
        ([("me", 0)], None),
        ([("me", 0), ("younger", 1)], None),
        ([("older", -1), ("me", 0)], "older"),
        ([("old", -1), ("me", 0), ("oldest", -2)], "oldest"),
        ([("a", 0), ("me", 0)], "a"),  # the same moment: the ARN decides, for both alike
        ([("z", 0), ("me", 0)], None),
        ([], None),  # the list lags behind, and no other run is known
        ([("older", -1)], "older"),
        ([("younger", 1)], None),
    ],
)
def test_given_runs_in_progress_when_planned_then_only_the_oldest_goes_on(runs: list[Any], older: str | None) -> None:
    executions = [execution(arn, seconds) for arn, seconds in runs]

    found = find_older_run(FakeStepFunctions(*executions), "machine", "me", NOW.isoformat())

    assert (found and found["name"]) == older
