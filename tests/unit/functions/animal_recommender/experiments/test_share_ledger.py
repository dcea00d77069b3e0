from datetime import date

import pytest

from animal_recommender.experiments.defects import Shares
from animal_recommender.experiments.share_ledger import Ledger, Step, dump, list_shares, parse

FOUND = Step("2026-11-01T06:00:00+00:00", {"model": 0.5, "popular": 0.5}, "found")
RAISED = Step("2026-11-10T06:00:00+00:00", {"model": 0.75, "popular": 0.25}, "model is better", "begun")


def test_given_a_ledger_when_written_then_the_same_is_read() -> None:
    ledger = Ledger((FOUND, RAISED), "better")
    assert parse(dump(ledger)) == ledger


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"steps": [{}], "mailed": ""}', '{"steps": 3, "mailed": ""}'])
def test_given_another_text_when_read_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ledger|Expecting"):
        parse(text)


def test_given_a_step_that_has_begun_when_it_ends_or_another_begins_then_it_is_there_once() -> None:
    ledger = Ledger().add(FOUND).add(RAISED)
    assert ledger.begun == RAISED
    assert ledger.add(RAISED) == ledger
    assert ledger.finish().steps == (FOUND, RAISED._replace(state="done"))
    assert ledger.finish().finish() == ledger.finish()


def test_given_steps_when_listed_then_shares_are_known_between_two_looks_that_saw_them() -> None:
    assert list_shares(Ledger()) == []
    assert list_shares(Ledger((FOUND,)).see("2026-11-08T06:00:00+00:00").add(RAISED)) == [
        Shares(date(2026, 11, 1), date(2026, 11, 8), FOUND.shares),
        Shares(date(2026, 11, 10), date(2026, 11, 10), RAISED.shares),
    ]
