"""Who is assigned to an arm, under which pseudonym, and who may choose an arm."""

import hashlib
from typing import Any

import pytest

from animal_recommender.experiments.subject import Subject, act_in_experiments, pseudonym, read_subject
from animal_recommender.request_errors import ForbiddenError
from animal_recommender.validation import FieldReader
from animal_recommender.visitor_tokens import Visitor


def read(payload: dict[str, Any]) -> Subject:
    reader = FieldReader(payload)
    subject = read_subject(reader, reader.read_user(), reader.read_session())
    reader.raise_errors()
    return subject


def test_a_browser_is_the_same_visitor_before_and_after_a_login_and_in_a_second_browser() -> None:
    # given
    stages = [Visitor("s-1"), Visitor("s-1", "u"), Visitor("s-2", "u", "s-1")]

    # when
    subjects = [read(dict(act_in_experiments(stage, {}))) for stage in stages]

    # then
    assert {subject.visitor for subject in subjects} == {"session#s-1"}
    assert [subject.user_id for subject in subjects] == [None, "u", "u"]


@pytest.mark.parametrize(
    ("payload", "visitor"),
    [
        ({"userId": "u"}, "userId#u"),
        ({"userId": "u", "sessionId": "s"}, "userId#u"),
        ({"sessionId": "s"}, "session#s"),
        ({"userId": "u", "sessionId": "s", "firstSessionId": "f"}, "session#f"),
        ({}, None),
    ],
)
def test_a_server_says_who_the_visitor_is(payload: dict[str, Any], visitor: str | None) -> None:
    assert read(payload).visitor == visitor


def test_pseudonyms_are_what_sql_makes_of_the_ids() -> None:
    # when
    names = Subject("u", "s", "f").pseudonyms

    # then
    assert names == {
        "visitor": pseudonym("session#f"),
        "user": pseudonym("userId#u"),
        "session": pseudonym("session#s"),
    }
    assert pseudonym("session#f") == hashlib.sha256(b"session#f").hexdigest()[:32]


@pytest.mark.parametrize("field", ["experiment", "firstSessionId"])
def test_a_browser_cannot_choose_what_decides_its_arm(field: str) -> None:
    with pytest.raises(ForbiddenError) as caught:
        act_in_experiments(Visitor("s-1"), {field: {"name": "shelf", "arm": "model"}})

    assert [one["field"] for one in caught.value.document["errors"]] == [field]


def test_an_operators_choice_needs_both_names() -> None:
    # given
    reader = FieldReader({"userId": "u", "experiment": {"name": "shelf", "weight": 1}})

    # when
    read_subject(reader, "u", None)

    # then
    assert [one.field for one in reader.errors] == ["experiment.arm", "experiment.weight"]
