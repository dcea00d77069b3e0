"""Personalize's own removal: a data deletion job over a list of user ids.

A job is PENDING, IN_PROGRESS, then COMPLETED or FAILED, within a day; models keep what they learnt until they are
trained again (https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from scripts.common.task import TaskError
from scripts.common.terminal import Progress

COMPLETED, FAILED = "COMPLETED", "FAILED"


@dataclass
class DeletionJobs:
    """The deletion jobs of one dataset group; `role_arn` may read the lists. `sleep` may be replaced by a test."""

    personalize: Any
    dataset_group_arn: str
    role_arn: str
    sleep: Callable[[float], None] = time.sleep

    def start(self, name: str, location: str) -> str:
        """Starts the job `name` over the list at `location`, unless it was started before; its ARN."""
        known = self._find(name)
        if known:
            return known
        while True:
            try:
                return self.personalize.create_data_deletion_job(
                    jobName=name,
                    datasetGroupArn=self.dataset_group_arn,
                    dataSource={"dataLocation": location},
                    roleArn=self.role_arn,
                )["dataDeletionJobArn"]
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("ResourceInUseException", "LimitExceededException"):
                    raise
            self.sleep(30)

    def finished(self, arn: str, wait: bool, progress: Progress) -> dict[str, Any] | None:
        """The job once it is COMPLETED; None if it is not and `wait` is false. Raises TaskError if it FAILED."""
        pause = 0.5
        while True:
            job = self.personalize.describe_data_deletion_job(dataDeletionJobArn=arn)["dataDeletionJob"]
            if job["status"] == COMPLETED:
                return job
            if job["status"] == FAILED:
                raise TaskError(f"{arn} is FAILED: {job.get('failureReason', 'no reason given')}. Run this again.")
            if not wait:
                return None
            progress.update(job["status"])
            self.sleep(pause)
            pause = min(pause * 1.5, 60)

    def has_failed(self, name: str) -> bool:
        """Whether a job of that name ended without success."""
        arn = self._find(name)
        if arn is None:
            return False
        job = self.personalize.describe_data_deletion_job(dataDeletionJobArn=arn)["dataDeletionJob"]
        return job["status"] == FAILED

    def _find(self, name: str) -> str | None:
        return next((job["dataDeletionJobArn"] for job in self._jobs() if job["jobName"] == name), None)

    def _jobs(self) -> Iterator[dict[str, Any]]:
        token: dict[str, str] = {}
        while True:
            page = self.personalize.list_data_deletion_jobs(datasetGroupArn=self.dataset_group_arn, **token)
            yield from page["dataDeletionJobs"]
            if not page.get("nextToken"):
                return
            token = {"nextToken": page["nextToken"]}
