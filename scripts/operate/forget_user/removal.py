"""The removal of one visitor in steps. Each step can be repeated without harm; the journal knows which are done."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scripts.common.terminal import Progress, running
from scripts.operate.dead_letter_queue import Queue
from scripts.operate.deployment import CONSUMERS, Deployment
from scripts.operate.forget_user.deletion_job import DeletionJobs
from scripts.operate.forget_user.history import History
from scripts.operate.forget_user.journal import Journal
from scripts.operate.forget_user.object_versions import Bucket, Edit, Effect, Page
from scripts.operate.forget_user.subject import Subject

if TYPE_CHECKING:
    from types_boto3_personalize.type_defs import DataDeletionJobTypeDef

LETTERS_HIDDEN_SECONDS = 300
READ, REWRITTEN, REMOVED = "object versions read", "objects rewritten", "object versions removed"
ITEMS, LETTERS, RECORDS = "history items deleted", "dead letters deleted", "records deleted by Personalize"


class Removal:
    """All that is done for one user of a deployment. `sleep` can be replaced, so that a test does not wait."""

    def __init__(self, deployment: Deployment, user: str, sleep: Callable[[float], None]) -> None:
        self._deployment, self._sleep = deployment, sleep
        self._s3 = deployment.aws.client("s3")
        self.journal = Journal(self._s3, deployment.name("seed-bucket"), deployment.environment, user)
        self.state, self.resumed = self.journal.load(_now())
        self._saving = threading.Lock()
        self._subject = Subject(user, self.state.sessions)
        self._history = History(deployment.aws.client("dynamodb"), deployment.name("history-table"))

    def run(self, wait: bool) -> dict[str, Any] | None:
        """Do the steps that are left; return the receipt.

        Without `wait`, return None if Personalize has not finished.
        """
        self._run_once("sessions", "Finding the user's sessions", self._find_sessions)
        while self._run_pass():
            pass
        self._run_once("history", "Deleting the history", self._forget_history)
        with running("Personalize's data deletion job") as progress:
            job = self._run_deletion_job(wait, progress)
        return self._receipt(job) if job else None

    def _run_once(self, step: str, title: str, task: Callable[[], None]) -> None:
        """Run a step, unless it is done, and note that it is done."""
        if step in self.state.done:
            return
        before = dict(self.state.counts)
        with running(title) as progress:
            task()
            added = {what: number - before.get(what, 0) for what, number in self.state.counts.items()}
            progress.note = ", ".join(f"{number:,} {what}" for what, number in added.items() if number)
        self.state.done.append(step)
        self._save()

    def _find_sessions(self) -> None:
        self._subject.add_sessions(self._history.find_sessions(self._subject.user))
        self.state.sessions = sorted(self._subject.sessions)

    def _run_pass(self) -> bool:
        """Go over files and queues once; return whether another pass is due.

        It is if a session was found or a file was changed meanwhile: a file that was read before may have events of the
        session that do not name the user.
        """
        for bucket, prefix, edit in self._files():
            title = f"Rewriting s3://{self._deployment.name(bucket)}/{prefix}"
            self._run_once(f"{bucket}/{prefix}", title, self._edit_task(bucket, prefix, edit))
        self._run_once("dead letters", "Deleting dead letters", self._forget_letters)
        if not self.state.again:
            return False
        self.state.again, self.state.at, self.state.done = False, "", ["sessions"]
        self._save()
        return True

    def _files(self) -> Iterator[tuple[str, str, Edit]]:
        """Yield the places that may name a visitor, as bucket, prefix and edit.

        They are: raw events, those that Firehose could not write, answers to queries, the seed.
        """
        yield "raw-bucket", "events/", self._subject.without_lines
        yield "raw-bucket", "errors/", self._subject.without_lines
        yield "raw-bucket", "query-results/", self._subject.without_answers
        yield "seed-bucket", "seed/", self._subject.without_rows

    def _edit_task(self, bucket: str, prefix: str, edit: Edit) -> Callable[[], None]:
        """Return the task that edits all objects under a prefix and saves the state after every page."""
        step = f"{bucket}/{prefix}"

        def edit_and_save_sessions(content: bytes) -> bytes | None:
            edited = edit(content)
            self._save_sessions()
            return edited

        def task() -> None:
            behind = self.state.behind if self.state.at == step else ""
            for page in Bucket(self._s3, self._deployment.name(bucket)).edit(prefix, edit_and_save_sessions, behind):
                self._count(page)
                self.state.at, self.state.behind = step, page.behind
                self._save()

        return task

    def _count(self, page: Page) -> None:
        effects = page.effects
        self.state.count(READ, len(effects))
        self.state.count(REWRITTEN, effects.count(Effect.REWRITTEN))
        self.state.count(REMOVED, effects.count(Effect.REWRITTEN) + effects.count(Effect.REMOVED))
        self.state.again |= Effect.CHANGED_MEANWHILE in effects

    def _forget_history(self) -> None:
        self.state.count(ITEMS, self._history.forget(self._subject.user, self._subject.sessions))

    def _forget_letters(self) -> None:
        sqs = self._deployment.aws.client("sqs")
        for function in CONSUMERS:
            queue = Queue(sqs, self._deployment.name(f"dead-letter-queues/{function}"), LETTERS_HIDDEN_SECONDS)
            try:
                theirs = [letter for letter in queue.receive_letters() if self._subject.owns(letter.data)]
                self._save_sessions()
                queue.remove(theirs)
            finally:
                queue.release()
            self.state.count(LETTERS, len(theirs))

    def _run_deletion_job(self, wait: bool, progress: Progress) -> DataDeletionJobTypeDef | None:
        """Start the deletion job if there is none, or if the last one failed; return it once it is completed."""
        name = self._deployment.name
        personalize = self._deployment.aws.client("personalize")
        jobs = DeletionJobs(personalize, name("dataset-group-arn"), name("personalize-role-arn"), self._sleep)
        if not self.state.job_name or jobs.has_failed(self.state.job_name):
            self.state.job_name = f"forget-{self.journal.digest[:16]}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
            self._save()
        location = self.journal.write("users.csv", self._user_list(), "text/csv")
        job = jobs.wait_until_completed(jobs.start(self.state.job_name, location), wait, progress)
        progress.note = job["status"] if job else "continues without this command"
        return job

    def _user_list(self) -> str:
        """Return the ids to delete as CSV. Sessions are the user ids of visitors without an account."""
        out = io.StringIO(newline="")
        ids = [self._subject.user, *sorted(self._subject.sessions)]
        csv.writer(out, lineterminator="\n").writerows([["USER_ID"], *([one] for one in ids)])
        return out.getvalue()

    def _receipt(self, job: DataDeletionJobTypeDef) -> dict[str, Any]:
        """Return what was done, without naming the user; the receipt is kept, journal and list are not."""
        self.state.counts[RECORDS] = job.get("numDeleted", 0)
        return {
            "subject": self.journal.digest,
            "environment": self._deployment.environment,
            "started": self.state.started,
            "finished": _now(),
            "counts": self.state.counts,
            "deletionJobArn": job["dataDeletionJobArn"],
        }

    def _save_sessions(self) -> None:
        """Save new sessions before the only line that names them is removed. Threads edit files, hence the lock."""
        with self._saving:
            if len(self._subject.sessions) > len(self.state.sessions):
                self._save()

    def _save(self) -> None:
        sessions = sorted(self._subject.sessions)
        self.state.again |= sessions != self.state.sessions
        self.state.sessions = sessions
        self.journal.save(self.state)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
