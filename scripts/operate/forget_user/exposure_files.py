"""Files of exposures: lines that know visitors by their pseudonyms only."""

from __future__ import annotations

import json
from typing import NamedTuple

from animal_recommender.experiments.subject import pseudonym
from animal_recommender.history_table import partition_key
from scripts.operate.forget_user.person import EXACT, Login, Person


class _Exposure(NamedTuple):
    """Who a line is about: the pseudonyms of the user and of the sessions, the present one and the first."""

    user: str | None
    sessions: set[str]
    time: str


def without_exposures(person: Person, content: bytes) -> bytes:
    """Return a file without what the person was shown, also before they logged in.

    A line that names another user is not theirs, whatever session it has. A line that names a user and a session links
    them, which may be all that is known of a session: so the person learns from what is read.
    """
    sessions = {pseudonym(partition_key(None, session)): session for session in person.sessions}
    return b"".join(line for line in content.splitlines(keepends=True) if not _is_of(person, sessions, line))


def _is_of(person: Person, sessions: dict[str, str], line: bytes) -> bool:
    exposure = _read(line)
    if exposure is None:
        return False
    mine = _owns(person, sessions, exposure)
    if mine or exposure.user is not None:
        _learn(person, sessions, exposure, mine)
    return mine


def _read(line: bytes) -> _Exposure | None:
    try:
        document = json.loads(line)
        user, names = document.get("user"), {document.get("session"), document.get("visitor")}
        return _Exposure(user, names - {user, None}, str(document.get("time")))
    except (ValueError, AttributeError, TypeError):
        return None


def _owns(person: Person, sessions: dict[str, str], exposure: _Exposure) -> bool:
    if exposure.user is not None:
        return exposure.user == pseudonym(partition_key(person.user, None))
    return any(
        person.owns_session(sessions[name], exposure.time)
        if name in sessions
        else person.owns_shown(name, exposure.time)
        for name in exposure.sessions
    )


def _learn(person: Person, sessions: dict[str, str], exposure: _Exposure, mine: bool) -> None:
    """Note a login in each session. A line without a user is no login in a session whose logins are known."""
    login = Login(exposure.time, mine, EXACT)
    for name in exposure.sessions:
        if name not in sessions:
            person.add_shown(name, login)
        elif exposure.user is not None:
            person.add_login(sessions[name], login)
