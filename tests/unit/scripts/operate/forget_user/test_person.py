"""Whose an entry is."""

import pytest

from scripts.operate.forget_user.entries import Entry
from scripts.operate.forget_user.person import EXACT, FILE, MARKER, Login, Person, Place

PLACE = Place("here", "t5")


def person(*logins: Login, surveyed: bool = True) -> Person:
    return Person("ann", {"s": logins}, ["s"] if surveyed else [])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry({}, frozenset({"ann"})), True),
        (Entry({}, frozenset({"ann", "bob"})), True),
        (Entry({}, frozenset({"bob"}), "s"), False),
        (Entry({}, frozenset(), "s"), True),
        (Entry({}, frozenset(), "other"), False),
        (Entry({}), False),
    ],
)
def test_given_an_entry_then_its_user_decides_and_without_one_its_session(entry: Entry, expected: bool) -> None:
    assert person(Login("t1", True, EXACT)).owns(entry, PLACE) is expected


@pytest.mark.parametrize(("time", "expected"), [("t0", True), ("t2", False), ("t3", False), ("t4", True)])
def test_given_a_stranger_in_the_session_then_each_has_a_stretch(time: str, expected: bool) -> None:
    one = person(Login("t1", True, MARKER), Login("t3", False, MARKER), Login("t4", True, EXACT))
    assert one.owns_session("s", time) is expected


def test_given_logins_of_files_and_of_markers_then_a_time_is_compared_with_its_kind() -> None:
    # The file says bob, ann in this order at t1; the markers say t6 for bob and t7 for ann. Between t1 and t6, ann is
    # the last one of the file.
    one = person(*(Login(time, time > at, source) for at, source, time in _BOB_THEN_ANN))
    assert one.owns_session("s", "t1#3", FILE)
    assert not one.owns_session("s", "t6", EXACT)


_BOB_THEN_ANN = [("t1#1", FILE, "t1#1"), ("t1#1", FILE, "t1#2"), ("t6", MARKER, "t6"), ("t6", MARKER, "t7")]


def test_given_a_session_that_was_not_surveyed_then_nothing_without_a_user_is_theirs() -> None:
    assert not person(Login("t1", True, EXACT), surveyed=False).owns_session("s", "t1")


def test_given_the_person_in_a_session_whose_logins_expired_then_it_is_theirs() -> None:
    one = Person("ann")
    one.add_session("s")
    one.surveyed = one.sessions
    assert one.owns_session("s", "t1")
    assert one.owns_whole_session("s")


def test_given_a_login_then_a_stranger_is_noted_only_in_a_session_of_the_person() -> None:
    one = person(Login("t1", True, EXACT))
    one.learn(Entry({}, frozenset({"bob"}), "s", "t2"), PLACE)
    one.learn(Entry({}, frozenset({"bob"}), "other", "t2"), PLACE)
    assert one.copy_logins() == {"s": {Login("t1", True, EXACT), Login("t2", False, EXACT)}}
    assert not one.owns_whole_session("s")
