"""The history table after anonymous visitors were merged into users."""

from typing import Any

import boto3

from animal_recommender.history_table import login_marker, merge_mark, session_of_user
from scripts.operate.forget_user.history import History
from scripts.operate.forget_user.person import Person
from tests.unit.scripts.operate.forget_user.conftest import USER, Deployed

NOW = 1_735_689_900.0


def merge(session: str, user: str) -> None:
    """Leave what the function identify_visitor leaves of a merge."""
    for make in (merge_mark, session_of_user, login_marker):
        boto3.client("dynamodb").put_item(TableName="history-table", Item=make(session, user, NOW, 30))


def items(text: str) -> list[dict[str, Any]]:
    """Return the items in which a text is."""
    return [one for one in boto3.client("dynamodb").scan(TableName="history-table")["Items"] if text in str(one)]


def test_given_merged_visitors_when_the_user_is_forgotten_then_nothing_names_the_user_and_others_keep_their_marks(
    deployed: Deployed,
) -> None:
    merge("visitor-without-events", USER)
    merge("visitor-of-somebody", "somebody")
    history, person = History(boto3.client("dynamodb"), "history-table"), Person(USER)

    found = history.learn_logins(person)
    deleted = history.forget(person)

    assert "visitor-without-events" in person.sessions
    assert items(USER) == items("visitor-without-events") == []
    assert len(items("visitor-of-somebody")) == 3
    assert found == deleted
