"""Files of exposures: lines that know visitors by their pseudonyms only."""

import json

from animal_recommender.experiments.subject import pseudonym
from animal_recommender.history_table import partition_key
from scripts.operate.forget_user.person import Person


def without_exposures(person: Person, content: bytes) -> bytes:
    """Return a file without what the person was shown, also before they logged in.

    A line that names another user is not theirs, whatever session it has.
    """
    sessions = {pseudonym(partition_key(None, session)): session for session in person.sessions}
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not _is_of(person, sessions, line))


def _is_of(person: Person, sessions: dict[str, str], line: bytes) -> bool:
    try:
        document = json.loads(line)
        user, time = document.get("user"), str(document.get("time"))
    except (ValueError, AttributeError):
        return False
    if user is not None:
        return bool(user == pseudonym(partition_key(person.user, None)))
    names = (document.get("session"), document.get("visitor"))
    return any(name in sessions and person.owns_session(sessions[name], time) for name in names)
