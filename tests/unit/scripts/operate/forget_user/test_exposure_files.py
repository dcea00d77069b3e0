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
