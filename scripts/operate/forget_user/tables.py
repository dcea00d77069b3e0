"""Files that may name a person: imported data, the answers to queries, and batches of recommendations."""

import csv
import io
import json
import re
from collections.abc import Iterator

from animal_recommender.personalize_ids import session_as_user
from scripts.operate.forget_user.person import SHORTEST_WORD, Person

_USER_COLUMNS, _SESSION_COLUMNS = {"userid", "user"}, {"sessionid", "session"}


def without_rows(person: Person, content: bytes) -> bytes:
    """Return imported data without the rows whose USER_ID is the person, or a session that nobody else used."""
    rows = _rows(content)
    header = next(rows, [])
    if "USER_ID" not in header:
        return content
    ids = personalize_ids(person)
    column = header.index("USER_ID")
    if not any(row[column : column + 1] and row[column] in ids for row in rows):
        return content
    out = io.StringIO(newline="")
    kept = (row for row in _rows(content) if not row[column : column + 1] or row[column] not in ids)
    csv.writer(out, lineterminator="\n").writerows(kept)
    return out.getvalue().encode("utf-8")


def without_users(person: Person, content: bytes) -> bytes:
    """Return a file of a batch without the lines about the person: a list of users, its input, or its output."""
    ids = personalize_ids(person)
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if _user_of_line(line) not in ids)


def _user_of_line(line: bytes) -> str:
    text = line.decode("utf-8-sig", "replace").strip()
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if not isinstance(document, dict):
        return text
    asked = document.get("input", document)
    return str(asked.get("userId")) if isinstance(asked, dict) else text


def personalize_ids(person: Person) -> set[str]:
    """Return the ids under which Personalize knows the person: the user, and sessions that nobody else used.

    In a session that others used, Personalize gives each event to a user by itself.
    """
    own = (session for session in person.sessions if person.owns_whole_session(session))
    return {person.user, *(session_as_user(session) for session in own)}


def names_person(person: Person, content: bytes) -> bool:
    """Return whether the answer to a query names the person.

    In a column of users or sessions, their id does; in another column, only an id that is no short word.
    """
    rows = _rows(content)
    columns = [re.sub(r"[\W_]", "", name).lower() for name in next(rows, [])]
    return any(_is_about(person, dict(zip(columns, row, strict=False))) for row in rows)


def _is_about(person: Person, row: dict[str, str]) -> bool:
    users = {value for name, value in row.items() if name in _USER_COLUMNS and value}
    if users:
        return person.user in users
    if any(value in person.logins for name, value in row.items() if name in _SESSION_COLUMNS):
        return True
    return len(person.user) >= SHORTEST_WORD and any(person.is_word_of(value) for value in row.values())


def _rows(content: bytes) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
