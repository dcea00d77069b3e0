"""Personalize's own removal: a data deletion job over a list of user ids.

A job is PENDING, IN_PROGRESS, then COMPLETED or FAILED, within a day. Models are not changed until they are trained
again (https://docs.aws.amazon.com/personalize/latest/dg/delete-records.html).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from scripts.common.task import TaskError
from scripts.common.terminal import Progress

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize.type_defs import (
        DataDeletionJobSummaryTypeDef,
        DataDeletionJobTypeDef,
        ListDataDeletionJobsRequestTypeDef,
    )

COMPLETED, FAILED = "COMPLETED", "FAILED"


@dataclass
class DeletionJobs:
    """The deletion jobs of one dataset group; with `role_arn` Personalize reads the lists.

    `sleep` can be replaced, so that a test does not wait.
    """

    personalize: PersonalizeClient
    dataset_group_arn: str
    role_arn: str
    sleep: Callable[[float], None] = time.sleep

    def start(self, name: str, location: str, wait: bool = True) -> str | None:
        """Start the job `name` over the list at `location`, unless it was started before; return its ARN.

        While Personalize has other work on the data, ask again; without `wait`, return None.
        """
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
            if not wait:
                return None
            self.sleep(30)

    def wait_until_completed(self, arn: str, wait: bool, progress: Progress) -> DataDeletionJobTypeDef | None:
        """Return the job once it is COMPLETED. Without `wait`, look once and return None if it is not.

        Raises:
            TaskError: The job is FAILED. The message has the service's reason.
        """
        pause = 0.5
        while True:
            job = self._describe(arn)
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
        """Return whether there is a job of that name that FAILED."""
        arn = self._find(name)
        return arn is not None and self._describe(arn)["status"] == FAILED

    def _describe(self, arn: str) -> DataDeletionJobTypeDef:
        return self.personalize.describe_data_deletion_job(dataDeletionJobArn=arn)["dataDeletionJob"]

    def _find(self, name: str) -> str | None:
        return next((job["dataDeletionJobArn"] for job in self._list() if job["jobName"] == name), None)

    def _list(self) -> Iterator[DataDeletionJobSummaryTypeDef]:
        """Yield all jobs of the dataset group; boto3 has no paginator for them."""
        request: ListDataDeletionJobsRequestTypeDef = {"datasetGroupArn": self.dataset_group_arn}
        while True:
            page = self.personalize.list_data_deletion_jobs(**request)
            yield from page["dataDeletionJobs"]
            if not page.get("nextToken"):
                return
            request["nextToken"] = page["nextToken"]
