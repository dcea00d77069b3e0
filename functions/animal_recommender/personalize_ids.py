"""The ids that Personalize gets for visitors.

Personalize has one space of ids for users and for sessions: a visitor without an account is asked for with the session
in the place of the user. A client chooses its session's id, so it could choose another person's user id. Therefore
sessions have a prefix here, and no user id may begin with it.
https://docs.aws.amazon.com/personalize/latest/dg/recording-events.html
"""

import hashlib
import uuid

from animal_recommender.validation import MAX_ID_LENGTH, SESSION_PREFIX


def session_as_user(session_id: str) -> str:
    """Return the id of a session for Personalize: `session#` and the id, or its digest if the id is too long."""
    name = f"{SESSION_PREFIX}{session_id}"
    if len(name) <= MAX_ID_LENGTH:
        return name
    return SESSION_PREFIX + hashlib.sha256(session_id.encode()).hexdigest()


def visitor_id(user_id: str | None, session_id: str | None) -> str | None:
    """Return the id for which to ask: the user's, else the session's, None without both."""
    return user_id or (session_as_user(session_id) if session_id else None)


def unknown_visitor() -> str:
    """Return an id without any history, for which Personalize recommends what is popular.

    The id is new in each request. A constant could get a history, if an app ever sent events with it.
    """
    return str(uuid.uuid4())
