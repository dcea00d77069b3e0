"""Files of exposures: a person's lines are found by their pseudonyms."""

import json

import pytest

from animal_recommender.experiments.subject import Subject
from scripts.operate.forget_user.exposure_files import without_exposures
from scripts.operate.forget_user.person import EXACT, Login, Person

EARLY, LATE = "2026-11-01T00:00:00.000000Z", "2026-11-09T00:00:00.000000Z"


def line(subject: Subject, time: str = EARLY) -> bytes:
    return json.dumps({"exposureId": "e", "time": time, "arm": "a", **subject.pseudonyms}).encode() + b"\n"


def person() -> Person:
    between = "2026-11-05T00:00:00.000000Z"
    shared = [Login(between, True, EXACT), Login("2026-11-10T00:00:00.000000Z", False, EXACT)]
    return Person("42", {"own": [Login(between, True, EXACT)], "shared": shared}, ["own", "shared"])


@pytest.mark.parametrize(
    ("theirs", "time"),
    [
        (Subject("42"), LATE),
        (Subject("42", "any", "first"), LATE),
        (Subject(None, "own"), EARLY),
        (Subject(None, "own"), LATE),
        (Subject(None, None, "own"), EARLY),
        (Subject(None, "shared"), EARLY),
    ],
)
def test_what_a_person_was_shown_goes_also_before_the_login(theirs: Subject, time: str) -> None:
    # given
    other = line(Subject("7", "elsewhere"))

    # when, then
    assert without_exposures(person(), other + line(theirs, time) + other) == other * 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON\n[1]\n",
        line(Subject("421")),
        line(Subject("7", "own")),
        line(Subject(None, "shared"), LATE),
        line(Subject(None, "elsewhere")),
    ],
)
def test_what_others_were_shown_stays(content: bytes) -> None:
    assert without_exposures(person(), content) == content


def looked_through(someone: Person, content: bytes) -> bytes:
    """Return what is left after as many looks as it takes to find nothing new."""
    while True:
        someone.surveyed = someone.known
        left = without_exposures(someone, content)
        if someone.known == someone.surveyed:
            return left


def test_a_session_that_only_exposures_link_to_the_person_goes_too() -> None:
    # given: a server asked for a session before the login, and another browser for the same visitor
    before, login = line(Subject(None, "s1")), line(Subject("42", "s1", "s1"), LATE)
    second, alone = line(Subject(None, "s2", "s1")), line(Subject(None, "s2"))
    other = line(Subject("7", "elsewhere"))

    # when, then
    assert looked_through(Person("42"), alone + second + before + other + login) == other


def test_in_a_session_that_exposures_link_to_two_users_each_has_their_own_time() -> None:
    # given
    later = "2026-11-12T00:00:00.000000Z"
    theirs = line(Subject(None, "s1"), EARLY) + line(Subject("42", "s1"), LATE)
    strangers = line(Subject("7", "s1"), later) + line(Subject(None, "s1"), later)

    # when, then
    assert looked_through(Person("42"), strangers + theirs) == strangers
