"""Who asks, for experiments: the id that decides the arm, and the arm that an operator chose.

A visitor keeps an arm from the first page on, also after a login. So the arm of a browser follows from the session in
which its visitor was first seen, which is in its token. Servers, which act for everybody, say it as `firstSessionId`;
without it the arm follows from `userId`, else from `sessionId`. Ids are recorded as pseudonyms only.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from animal_recommender.history_table import partition_key
from animal_recommender.request_errors import ForbiddenError
from animal_recommender.validation import FieldError, FieldReader
from animal_recommender.visitor_access import act_as
from animal_recommender.visitor_tokens import Visitor

_PSEUDONYM_LENGTH = 32


class Subject(NamedTuple):
    """The ids of a visitor, and the name of an experiment with the name of an arm if an operator chose one."""

    user_id: str | None = None
    session_id: str | None = None
    first_session_id: str | None = None
    chosen: tuple[str, str] | None = None

    @property
    def visitor(self) -> str | None:
        """The visitor that is assigned: `userId#<id>` or `session#<id>`, None for somebody unknown."""
        if self.first_session_id:
            return partition_key(None, self.first_session_id)
        return partition_key(self.user_id, self.session_id) if self.user_id or self.session_id else None

    @property
    def pseudonyms(self) -> dict[str, str]:
        """The pseudonyms of `visitor`, and of the `user` and the `session` of the request if it has them."""
        names = {
            "visitor": self.visitor,
            "user": self.user_id and partition_key(self.user_id, None),
            "session": self.session_id and partition_key(None, self.session_id),
        }
        return {name: pseudonym(value) for name, value in names.items() if value}


def pseudonym(visitor: str) -> str:
    """Return the pseudonym of `userId#<id>` or `session#<id>`: the first 32 hexadecimal digits of its SHA-256.

    Athena makes the same: substr(lower(to_hex(sha256(to_utf8('session#' || session_id)))), 1, 32).
    """
    return hashlib.sha256(visitor.encode("utf-8", "surrogatepass")).hexdigest()[:_PSEUDONYM_LENGTH]


def read_subject(reader: FieldReader, user: str | None, session: str | None) -> Subject:
    """Read the fields `firstSessionId` and `experiment: {"name", "arm"}`; what is wrong is in the reader's errors."""
    first = reader.read_session("firstSessionId")
    if reader.value("experiment") is None:
        return Subject(user, session, first)
    nested = FieldReader(reader.value("experiment"), "experiment")
    chosen = nested.read_text("name", required=True) or "", nested.read_text("arm", required=True) or ""
    nested.add_unknown_errors()
    reader.add_nested_errors(nested)
    return Subject(user, session, first, chosen)


def act_in_experiments(visitor: Visitor, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a browser's payload with the visitor's own ids, whatever ids it had; see `act_as`.

    Raises:
        ForbiddenError: It has ids of another visitor, or chooses what decides an arm.
    """
    errors = [
        FieldError(name, "is for callers with signed requests; leave it out")
        for name in ("firstSessionId", "experiment")
        if payload.get(name) is not None
    ]
    if errors:
        raise ForbiddenError(errors)
    return {**act_as(visitor, payload), "firstSessionId": visitor.first_session}
