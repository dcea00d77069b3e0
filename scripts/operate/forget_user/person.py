"""The person to be forgotten: which events are theirs. Every store asks here, so that all use one definition.

An event belongs to the user whom its `userId` names; if it has none, to those whom another spelling names (`user_id`,
`user.id`, `{"user": {"id": …}}`). An event that names no user belongs to the owner of its session at its time
(`animal_recommender.session_owner`). A text that names neither belongs to a person if their id is a word of it. An id
of fewer than five characters is a word of too much: such a text is only reported as unclear.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from animal_recommender.experiments.subject import pseudonym
from animal_recommender.history_table import partition_key
from animal_recommender.session_owner import owner
from scripts.operate.forget_user.encodings import every_form
from scripts.operate.forget_user.entries import Entry

SHORTEST_WORD = 5
# How a time is known: from the event itself or a record's arrival; from a login marker; from the file that holds it.
EXACT, MARKER, FILE = "exact", "marker", "file"
# Times of files are only about right, so they are compared with each other and not with login markers.
_COMPARABLE = {EXACT: {EXACT, MARKER}, MARKER: {EXACT, MARKER}, FILE: {EXACT, FILE}}


class Place(NamedTuple):
    """Where an entry was found (`where`, for messages), and the time that it has if it names none itself."""

    where: str
    time: str
    source: str = EXACT


class Login(NamedTuple):
    """A moment at which a session was the person's own, or somebody else's; `source` is EXACT, MARKER or FILE."""

    time: str
    mine: bool
    source: str


class Person:
    """One user and the logins of their sessions. `logins` grows while files are read. Thread-safe.

    `shown` are the logins of sessions of which only exposures say that they are the person's, by their pseudonyms.
    `surveyed` are the sessions, and pseudonyms, whose logins are all known. In another one, only what names the user is
    theirs: somebody else may have used it, too.
    """

    def __init__(
        self,
        user: str,
        logins: Mapping[str, Iterable[Login]] | None = None,
        surveyed: Iterable[str] = (),
        shown: Mapping[str, Iterable[Login]] | None = None,
    ) -> None:
        self.user = user
        self.shown: dict[str, set[Login]] = {name: set(known) for name, known in (shown or {}).items()}
        self.logins: dict[str, set[Login]] = {session: set(known) for session, known in (logins or {}).items()}
        self.surveyed: set[str] = set(surveyed)
        self.unclear: set[str] = set()
        self._lock = threading.Lock()
        self._word = re.compile(rf"(?<![\w@|+-])(?<!\w\.){re.escape(user)}(?![\w@|+-]|\.\w)")

    @property
    def sessions(self) -> set[str]:
        """The sessions in which the person was seen."""
        with self._lock:
            return set(self.logins)

    @property
    def known(self) -> set[str]:
        """The sessions, and the pseudonyms of those that only exposures name."""
        with self._lock:
            return {*self.logins, *self.shown}

    def copy_logins(self) -> dict[str, set[Login]]:
        """Return the logins by session."""
        with self._lock:
            return {session: set(known) for session, known in self.logins.items()}

    def copy_shown(self) -> dict[str, set[Login]]:
        """Return the logins by pseudonym."""
        with self._lock:
            return {name: set(known) for name, known in self.shown.items()}

    def count_logins(self) -> int:
        """Return how many logins are known."""
        with self._lock:
            return sum(map(len, (*self.logins.values(), *self.shown.values())))

    def add_session(self, session: str) -> None:
        """Note that the person was seen in a session, at an unknown time."""
        with self._lock:
            self.logins.setdefault(session, set())

    def add_login(self, session: str, login: Login) -> None:
        """Note a login; a stranger's only in a session of the person."""
        with self._lock:
            if login.mine or session in self.logins:
                self.logins.setdefault(session, set()).add(login)

    def add_shown(self, name: str, login: Login) -> None:
        """Note a login in the session of a pseudonym; a stranger's only if it is known to be the person's."""
        with self._lock:
            if login.mine or name in self.shown:
                self.shown.setdefault(name, set()).add(login)

    def learn(self, entry: Entry, place: Place) -> None:
        """Note the login that an entry shows, if it is one of a session of the person.

        A session that exposures link to the person is one of theirs.
        """
        if entry.session and self.shown and pseudonym(partition_key(None, entry.session)) in self.shown:
            self.add_session(entry.session)
        if entry.users and entry.session:
            time, source = _moment(entry, place)
            self.add_login(entry.session, Login(time, self.user in entry.users, source))

    def owns(self, entry: Entry, place: Place) -> bool:
        """Return whether an entry is the person's."""
        if entry.users:
            return self.user in entry.users
        if entry.session:
            return self.owns_session(entry.session, *_moment(entry, place))
        return self._is_mentioned(entry, place)

    def owns_session(self, session: str, time: str, source: str = EXACT) -> bool:
        """Return whether what a session did at a time without naming a user is the person's."""
        if session not in self.surveyed:
            return False
        with self._lock:
            known = sorted(self.logins.get(session, ()))
        if all(login.mine for login in known):
            return True
        comparable = [login for login in known if login.source in _COMPARABLE[source]] or known
        return bool(owner(time, [(login.time, login.mine) for login in comparable]))

    def owns_shown(self, name: str, time: str) -> bool:
        """Return whether what the session of a pseudonym was shown at a time is the person's."""
        with self._lock:
            known = sorted(self.shown.get(name, ()))
        return name in self.surveyed and bool(owner(time, [(login.time, login.mine) for login in known]))

    def owns_whole_session(self, session: str) -> bool:
        """Return whether nobody else was seen in the session."""
        return session in self.surveyed and all(login.mine for login in self.logins.get(session, ()))

    def is_word_of(self, text: str) -> bool:
        """Return whether the person's id stands in a text as a word."""
        return bool(self._word.search(text))

    def _is_mentioned(self, entry: Entry, place: Place) -> bool:
        mentioned = any(self.is_word_of(form) for form in every_form(entry.as_bytes()))
        if mentioned and len(self.user) < SHORTEST_WORD:
            self.unclear.add(place.where)
            return False
        return mentioned


def _moment(entry: Entry, place: Place) -> tuple[str, str]:
    return (entry.time, EXACT) if entry.time else (place.time, place.source)
