"""The removal of one visitor, step by step; each step is repeated harmlessly, and what is done is in the journal."""

import csv
import io
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from scripts.common.deployment import CONSUMERS, Deployment
from scripts.common.terminal import Progress, running
from scripts.operate.dead_letter_queue import Queue
from scripts.operate.forget_user.deletion_job import DeletionJobs
from scripts.operate.forget_user.history import History
from scripts.operate.forget_user.journal import Journal
from scripts.operate.forget_user.objects import Bucket, Edit, Effect
from scripts.operate.forget_user.subject import Subject

LETTERS_HIDDEN_SECONDS = 300
READ, REWRITTEN, REMOVED = "object versions read", "objects rewritten", "object versions removed"
ITEMS, LETTERS, RECORDS = "history items deleted", "dead letters deleted", "records deleted by Personalize"


class Removal:
    """Everything that is done for one user of a deployment. `sleep` may be replaced by a test."""

    def __init__(self, deployment: Deployment, user: str, sleep: Callable[[float], None]) -> None:
        self._deployment, self._sleep = deployment, sleep
        self._s3 = deployment.client("s3")
        self._seed_bucket = deployment.name("seed-bucket")
        self.journal = Journal(self._s3, self._seed_bucket, deployment.environment, user)
        self.state, self.resumed = self.journal.load(_now())
        self._saving = threading.Lock()
        self._subject = Subject(user, self.state.sessions)
        self._history = History(deployment.client("dynamodb"), deployment.name("history-table"))

    def run(self, wait: bool) -> dict[str, Any] | None:
        """Does what is left; the receipt, or None if Personalize has not finished and shall not be waited for."""
        self._once("sessions", "Finding the user's sessions", self._find_sessions)
        while self._pass():
            pass
        self._once("history", "Deleting the history", self._forget_history)
        with running("Personalize's data deletion job") as progress:
            job = self._personalize(wait, progress)
        return self._receipt(job) if job else None

    def _once(self, step: str, title: str, task: Callable[[], None]) -> None:
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
        self._subject.learn(self._history.sessions(self._subject.user))
        self.state.sessions = sorted(self._subject.sessions)

    def _pass(self) -> bool:
        """Goes over files and queues once; whether again, since sessions were found or files changed meanwhile.

        A session found late may have been met, without the user's name, in a file that was read before.
        """
        for bucket, prefix, edit in self._files():
            title = f"Rewriting s3://{self._deployment.name(bucket)}/{prefix}"
            self._once(f"{bucket}/{prefix}", title, lambda b=bucket, p=prefix, e=edit: self._edit(b, p, e))
        self._once("dead letters", "Deleting dead letters", self._forget_letters)
        if not self.state.again:
            return False
        self.state.again, self.state.at, self.state.done = False, "", ["sessions"]
        self._save()
        return True

    def _files(self) -> Iterator[tuple[str, str, Edit]]:
        """Where a visitor may be in files: raw events, those Firehose could not write, answers to queries, the seed."""
        yield "raw-bucket", "events/", self._subject.without_lines
        yield "raw-bucket", "errors/", self._subject.without_lines
        yield "raw-bucket", "query-results/", self._subject.without_answers
        yield "seed-bucket", "seed/", self._subject.without_rows

    def _edit(self, bucket: str, prefix: str, edit: Edit) -> None:
        step = f"{bucket}/{prefix}"
        behind = self.state.behind if self.state.at == step else ""

        def remembering(content: bytes) -> bytes | None:
            edited = edit(content)
            self._save_sessions()
            return edited

        for page in Bucket(self._s3, self._deployment.name(bucket)).edit(prefix, remembering, behind):
            effects = page.effects
            self.state.count(READ, len(effects))
            self.state.count(REWRITTEN, effects.count(Effect.REWRITTEN))
            self.state.count(REMOVED, effects.count(Effect.REWRITTEN) + effects.count(Effect.REMOVED))
            self.state.again |= Effect.CHANGED_MEANWHILE in effects
            self.state.at, self.state.behind = step, page.behind
            self._save()

    def _forget_history(self) -> None:
        self.state.count(ITEMS, self._history.forget(self._subject.user, self._subject.sessions))

    def _forget_letters(self) -> None:
        sqs = self._deployment.client("sqs")
        for function in CONSUMERS:
            queue = Queue(sqs, self._deployment.name(f"dead-letter-queues/{function}"), LETTERS_HIDDEN_SECONDS)
            try:
                theirs = [letter for letter in queue.letters() if self._subject.owns(letter.data)]
                self._save_sessions()
                queue.remove(theirs)
            finally:
                queue.release()
            self.state.count(LETTERS, len(theirs))

    def _personalize(self, wait: bool, progress: Progress) -> dict[str, Any] | None:
        """The completed deletion job, started if none was, or if the last one failed."""
        name = self._deployment.name
        jobs = DeletionJobs(
            self._deployment.client("personalize"), name("dataset-group-arn"), name("personalize-role-arn"), self._sleep
        )
        if not self.state.job_name or jobs.has_failed(self.state.job_name):
            self.state.job_name = f"forget-{self.journal.digest[:16]}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
            self._save()
        location = self.journal.write("users.csv", self._list(), "text/csv")
        job = jobs.finished(jobs.start(self.state.job_name, location), wait, progress)
        progress.note = job["status"] if job else "goes on by itself"
        return job

    def _list(self) -> str:
        """The ids to delete: without an account a visitor's session id is their user id."""
        out = io.StringIO(newline="")
        ids = [self._subject.user, *sorted(self._subject.sessions)]
        csv.writer(out, lineterminator="\n").writerows([["USER_ID"], *([one] for one in ids)])
        return out.getvalue()

    def _receipt(self, job: dict[str, Any]) -> dict[str, Any]:
        """What was done, without a name, for the files; then the journal and the list go, since they name the user."""
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
        """Keeps newly found sessions before the only line that tells of them goes; files are edited in threads."""
        with self._saving:
            if len(self._subject.sessions) > len(self.state.sessions):
                self._save()

    def _save(self) -> None:
        found = sorted(self._subject.sessions)
        self.state.again |= found != self.state.sessions
        self.state.sessions = found
        self.journal.save(self.state)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
