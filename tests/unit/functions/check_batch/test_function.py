"""check_batch: the newest job of this deployment decides the alarm."""

from typing import Any

import pytest

from check_batch.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext


class FakeJobs:
    """ListBatchInferenceJobs, page by page."""

    def __init__(self, *jobs: tuple[str, int, str]) -> None:
        self._jobs = jobs

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_batch_inference_jobs"
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"batchInferenceJobs": [self._job(*job)]} for job in self._jobs]

    @staticmethod
    def _job(name: str, created: int, status: str) -> dict[str, Any]:
        job = {"batchInferenceJobArn": f"arn:{name}", "jobName": name, "creationDateTime": created, "status": status}
        return job | ({"failureReason": "no file"} if status == "CREATE FAILED" else {})


@pytest.mark.parametrize(
    ("jobs", "status", "failed"),
    [
        ([], None, 0),
        ([("test-batch-1", 1, "CREATE FAILED"), ("test-batch-2", 2, "ACTIVE")], "ACTIVE", 0),
        ([("test-batch-2", 2, "CREATE FAILED"), ("test-batch-1", 1, "ACTIVE")], "CREATE FAILED", 1),
        ([("test-batch-1", 1, "CREATE IN_PROGRESS")], "CREATE IN_PROGRESS", 0),
        ([("other-batch-3", 3, "CREATE FAILED"), ("test-batch-1", 1, "ACTIVE")], "ACTIVE", 0),
    ],
)
def test_given_jobs_when_checked_then_the_newest_one_decides(
    context: FakeContext, capsys: pytest.CaptureFixture[str], jobs: Any, status: str | None, failed: int
) -> None:
    handler = make_handler(Settings("test-batch-"), personalize=FakeJobs(*jobs))  # type: ignore[arg-type]

    checked = handler({}, context)

    assert checked["status"] == status
    assert checked["failureReason"] == ("no file" if failed else None)
    assert f'"BatchFailed":[{failed}.0]' in capsys.readouterr().out
