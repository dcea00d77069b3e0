"""The stores that may hold something of a person, gone over in steps. The journal knows which are done.

There are two ways to go over them: to look, which changes nothing and learns the person's sessions and logins, and to
remove. Only what a look has learnt decides whose an event without a user is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from scripts.common.terminal import Progress, Show, plural, running
from scripts.operate.deployment import CONSUMERS, Deployment
from scripts.operate.forget_user.event_files import time_of_file, without_lines
from scripts.operate.forget_user.exposure_files import without_exposures
from scripts.operate.forget_user.history import History
from scripts.operate.forget_user.journal import LOOK, Journal, State
from scripts.operate.forget_user.letters import Letters
from scripts.operate.forget_user.object_versions import Bucket, Edit, Effect, File, Page
from scripts.operate.forget_user.person import Person
from scripts.operate.forget_user.queries import find_queries
from scripts.operate.forget_user.tables import names_person, without_rows, without_users

READ, REWRITTEN, REMOVED = "object versions read", "objects rewritten", "object versions removed"
ITEMS, LETTERS = "history items deleted", "dead letters deleted"
LONGEST_HIDDEN = 900.0  # seconds to wait for dead letters that another reader has
_PAUSE = 5.0


class Files(NamedTuple):
    """Files that may name a person: the published name of a bucket, a prefix, and what is left of a file."""

    bucket: str
    prefix: str
    edit: Edit


class Stores:
    """Raw events and answers, imported data, dead letters, and the history of one deployment."""

    def __init__(
        self,
        deployment: Deployment,
        person: Person,
        journal: Journal,
        state: State,
        sleep: Callable[[float], None],
        since: datetime | None = None,
        show: Show = running,
    ) -> None:
        self._deployment, self._person, self._journal, self._state = deployment, person, journal, state
        self._sleep, self._since, self._show = sleep, since, show
        self._s3 = deployment.aws.client("s3")
        self._history = History(deployment.aws.client("dynamodb"), deployment.name("history-table"))
        self._lock = threading.Lock()
        self._noticed: list[str] = []  # files in which the look found something; threads append to it

    def look(self, wait: bool) -> None:
        """Learn the person's sessions, and count in the state's `found` what there is to remove.

        It is repeated until it finds no new session: a file that was read before may have a login of it.
        """
        while True:
            self._run_once("history", "Looking at the history", self._look_at_history)
            for files in self._files():
                self._go_over(files, "Looking at", self._looking(files.edit))
            self._run_once("letters", "Looking at dead letters", lambda progress: self._look_at_letters(wait, progress))
            if self._person.known == self._person.surveyed:
                return
            self._state.begin_stage(LOOK)
            self.save()

    def remove(self) -> None:
        """Remove what is the person's. The history is last, because its login markers tell whose a session was."""
        for files in self._files():
            self._go_over(files, "Rewriting", self._saving_logins(files.edit))
        self._run_once("letters", "Deleting dead letters", self._forget_letters)
        self._run_once("history", "Deleting the history", self._forget_history)

    def save(self) -> None:
        """Store the state with what is known of the person."""
        with self._lock:
            self._state.logins = {session: sorted(known) for session, known in self._person.copy_logins().items()}
            self._state.shown = {name: sorted(known) for name, known in self._person.copy_shown().items()}
            self._state.surveyed = sorted(self._person.surveyed)
            self._state.unclear = sorted(self._person.unclear)
            self._journal.save(self._state)

    def _run_once(self, step: str, title: str, task: Callable[[Progress], None]) -> None:
        """Run a step, unless it is done, and note that it is done."""
        if step in self._state.done:
            return
        before = dict(self._state.counts)
        with self._show(title) as progress:
            task(progress)
            added = {what: number - before.get(what, 0) for what, number in self._state.counts.items()}
            progress.note = ", ".join(_describe_count(what, number) for what, number in added.items() if number)
        self._state.done.append(step)
        self.save()

    def _look_at_history(self, _: Progress) -> None:
        self._state.found += self._history.learn_logins(self._person)
        self._person.surveyed = self._person.known

    def _forget_history(self, _: Progress) -> None:
        self._state.count(ITEMS, self._history.forget(self._person))

    def _files(self) -> Iterator[Files]:
        """Yield raw events, exposures, records that Firehose could not write, answers to queries, imports, batches."""
        yield Files("raw-bucket", "events/", self._without_events)
        # After the events, which tell whose a session was.
        yield Files("raw-bucket", "exposures/", lambda _, content: without_exposures(self._person, content))
        yield Files("raw-bucket", "errors/", self._without_events)
        yield Files("raw-bucket", "query-results/", self._without_answer)
        yield Files("seed-bucket", "seed/", lambda _, content: without_rows(self._person, content))
        yield Files("seed-bucket", "batch/", lambda _, content: without_users(self._person, content))

    @cached_property
    def _asked(self) -> set[str]:
        """The queries that name the person, by the names of their answers."""
        athena, workgroup = self._deployment.aws.client("athena"), self._deployment.name("athena-workgroup")
        return {query.execution_id for query in find_queries(athena, workgroup, self._person)}

    def _without_events(self, file: File, content: bytes) -> bytes:
        return without_lines(self._person, content, file.key, time_of_file(file.key, file.modified))

    def _without_answer(self, file: File, content: bytes) -> bytes | None:
        """Return the answer to a query, or None if it is about the person: a part of an answer would be wrong."""
        execution_id = file.key.rpartition("/")[2].partition(".")[0]
        return None if execution_id in self._asked or names_person(self._person, content) else content

    def _looking(self, edit: Edit) -> Edit:
        """Return an edit that changes nothing and notes what `edit` would have changed."""

        def look(file: File, content: bytes) -> bytes:
            if edit(file, content) != content:
                self._noticed.append(file.key)
            return content

        return look

    def _saving_logins(self, edit: Edit) -> Edit:
        """Return an edit that stores what is newly known of the person, before the line that shows it is removed."""

        def edit_and_save(file: File, content: bytes) -> bytes | None:
            known = self._person.count_logins()
            edited = edit(file, content)
            if self._person.count_logins() > known:
                self.save()
            return edited

        return edit_and_save

    def _go_over(self, files: Files, verb: str, edit: Edit) -> None:
        """Edit all objects under a prefix and save the state after every page."""
        step = f"{files.bucket}/{files.prefix}"
        bucket = Bucket(self._s3, self._deployment.name(files.bucket), self._since)

        def task(progress: Progress) -> None:
            read = 0
            for page in bucket.edit(files.prefix, edit, self._state.behind if self._state.at == step else ""):
                self._count(page)
                self._state.at, self._state.behind = step, page.behind
                self.save()
                read += len(page.effects)
                progress.update(plural(read, "object version"))

        self._run_once(step, f"{verb} {files.prefix}", task)

    def _count(self, page: Page) -> None:
        effects = page.effects
        self._state.count(READ, len(effects))
        self._state.count(REWRITTEN, effects.count(Effect.REWRITTEN))
        self._state.count(REMOVED, effects.count(Effect.REWRITTEN) + effects.count(Effect.REMOVED))
        self._state.found += len(self._noticed)
        self._noticed.clear()

    def _letters(self) -> Iterator[Letters]:
        sqs, kinesis = self._deployment.aws.client("sqs"), self._deployment.aws.client("kinesis")
        for function in CONSUMERS:
            yield Letters(sqs, kinesis, self._deployment.name(f"dead-letter-queues/{function}"), function)

    def _look_at_letters(self, wait: bool, progress: Progress) -> None:
        """Look at all letters. Wait for those that another reader has received: they come back within minutes."""
        self._state.batches = self._state.hidden = 0
        for letters in self._letters():
            found, waited = letters.look(self._person), 0.0
            while found.hidden and wait and waited < LONGEST_HIDDEN:
                progress.update(f"waiting for {found.hidden:,} that another reader has")
                self._sleep(_PAUSE)
                found, waited = letters.look(self._person), waited + _PAUSE
            self._state.found += found.theirs
            self._state.batches += found.batches
            self._state.hidden += found.hidden

    def _forget_letters(self, _: Progress) -> None:
        for letters in self._letters():
            self._state.count(LETTERS, letters.forget(self._person).theirs)


def _describe_count(what: str, number: int) -> str:
    """Return a count in words: "objects rewritten" and 1 are "1 object rewritten"."""
    nouns, verb = what.rsplit(" ", 1)
    return f"{plural(number, nouns.removesuffix('s'))} {verb}"
