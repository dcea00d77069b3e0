"""Stopping trainings."""

import threading

import pytest

from local_aws.personalize.errors import (
    InvalidInputError,
    ResourceInUseError,
)
from local_aws.testing.in_process import InProcessPersonalize


def test_given_held_trainings_when_one_is_stopped_then_only_the_other_succeeds(
    with_data: InProcessPersonalize,
) -> None:
    with_data.app.faults.add({"holdTrainings": {"solution": True}})
    versions = [
        with_data.call("CreateSolutionVersion", solutionArn=with_data.arns["solution"], name=name)["solutionVersionArn"]
        for name in ("stopped", "released")
    ]

    def status(version: str) -> str:
        return with_data.call("DescribeSolutionVersion", solutionVersionArn=version)["solutionVersion"]["status"]

    assert [status(version) for version in versions] == ["CREATE IN_PROGRESS"] * 2
    with_data.call("StopSolutionVersionCreation", solutionVersionArn=versions[0])
    with_data.app.faults.add({"holdTrainings": {"solution": False}})
    with_data.wait_idle()
    assert [status(version) for version in versions] == ["CREATE STOPPED", "ACTIVE"]


def test_given_a_training_in_progress_when_stopped_then_its_status_is_stopped(
    with_data: InProcessPersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    released, begun = threading.Event(), threading.Event()

    def slow(*_: object) -> dict[str, object]:
        begun.set()
        released.wait(10)
        return {"metrics": {}, "trainingHours": 1.0, "catalogueVersion": 0}

    monkeypatch.setattr("local_aws.personalize.solution_versions.train_version", slow)
    arn = with_data.call("CreateSolutionVersion", solutionArn=with_data.arns["solution"])["solutionVersionArn"]
    assert begun.wait(5)
    with pytest.raises(ResourceInUseError):
        with_data.call("GetSolutionMetrics", solutionVersionArn=arn)
    with pytest.raises(ResourceInUseError):
        with_data.call("DeleteSolution", solutionArn=with_data.arns["solution"])
    with_data.call("StopSolutionVersionCreation", solutionVersionArn=arn)
    released.set()
    with_data.wait_idle()
    version = with_data.call("DescribeSolutionVersion", solutionVersionArn=arn)["solutionVersion"]
    assert version["status"] == "CREATE STOPPED"
    assert "trainingHours" not in version
    with pytest.raises(InvalidInputError):
        with_data.call("StopSolutionVersionCreation", solutionVersionArn=arn)
