"""The person's data in Personalize, deleted by a job over a list of ids."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

from scripts.common.terminal import Progress, plural
from scripts.operate.deployment import Deployment
from scripts.operate.forget_user.deletion_job import DeletionJobs
from scripts.operate.forget_user.journal import Journal, State
from scripts.operate.forget_user.person import Person
from scripts.operate.forget_user.tables import personalize_ids

RECORDS = "records deleted by Personalize"


class PersonalizeData:
    """What Personalize stores of visitors. `save` stores the state, before a job is asked for and when it is done."""

    def __init__(
        self,
        deployment: Deployment,
        journal: Journal,
        state: State,
        save: Callable[[], None],
        sleep: Callable[[float], None],
    ) -> None:
        self._journal, self._state, self._save = journal, state, save
        name = deployment.name
        personalize = deployment.aws.client("personalize")
        self._jobs = DeletionJobs(personalize, name("dataset-group-arn"), name("personalize-role-arn"), sleep)

    def delete(self, person: Person, wait: bool, progress: Progress) -> bool:
        """Let a job delete the person; return whether it is completed. A job that was asked for before goes on.

        Raises:
            TaskError: The job failed. The next call starts another one.
        """
        if not self._state.job_name or self._jobs.has_failed(self._state.job_name):
            self._state.job_name = f"forget-{self._journal.digest[:16]}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
            self._save()
        location = self._journal.write(f"{self._state.job_name}.csv", _user_list(person), "text/csv")
        arn = self._jobs.start(self._state.job_name, location, wait)
        job = self._jobs.wait_until_completed(arn, wait, progress) if arn else None
        if job is None:
            progress.note = "goes on without this command"
            return False
        self._state.count(RECORDS, job.get("numDeleted", 0))
        self._state.jobs.append(job["dataDeletionJobArn"])
        self._state.job_name = ""
        progress.note = plural(job.get("numDeleted", 0), "record")
        return True


def _user_list(person: Person) -> str:
    """Return the ids to delete as CSV."""
    out = io.StringIO(newline="")
    ids = [person.user, *sorted(personalize_ids(person) - {person.user})]
    csv.writer(out, lineterminator="\n").writerows([["USER_ID"], *([one] for one in ids)])
    return out.getvalue()
