"""Refused events are shown by reason."""

import pytest

pytestmark = pytest.mark.usefixtures("empty_queues")


def test_given_events_and_poison_then_the_poison_is_shown_by_reason(shown: str) -> None:
    assert shown.count("invalid-fields") == shown.count("not-json") == 2
    assert "put_events" in shown
    assert "record_history" in shown
