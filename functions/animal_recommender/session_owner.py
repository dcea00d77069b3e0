"""Whose an event is that names no user: the one definition for the history and for the erasure of a visitor.

A login is any event of the session that names a user. An event without a user belongs to the user of the next login of
its session, at its time or later. So what somebody did before they logged in is theirs, and in a session that two
people used one after the other each has the stretch that ends with their own logins. After the last login, nobody can
log in later any more: there the event counts as that of the last login's user when somebody's data is erased. In the
history it waits in its session for a login to come.
"""

from collections.abc import Iterable
from typing import TypeVar

Owner = TypeVar("Owner")


def next_owner(moment: str, logins: Iterable[tuple[str, Owner]]) -> Owner | None:
    """Return the owner of the first of the logins at `moment` or later, None after the last one.

    `logins` are pairs of a time and an owner, sorted by time; times are texts that sort as time does.
    """
    return next((owner for time, owner in logins if time >= moment), None)


def owner(moment: str, logins: list[tuple[str, Owner]]) -> Owner | None:
    """Return the owner of the next login, or after the last login its owner; None without logins."""
    following = next_owner(moment, logins)
    return logins[-1][1] if following is None and logins else following
