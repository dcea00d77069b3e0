"""The log of interactions."""

from local_aws.personalize.data import InteractionLog, StreamedEvent
from local_aws.testing.in_process import NOW


def _event(event_id: str, second: int, item: str = "i", user: str | None = None, session: str = "s") -> StreamedEvent:
    return StreamedEvent(user, session, event_id, NOW + second, "view", item)


def test_given_events_out_of_order_when_read_then_the_history_is_by_time() -> None:
    log = InteractionLog()
    for number, second in enumerate([5, 1, 3, 2, 4]):
        assert log.record(_event(f"e{number}", second, item=f"i{second}", user="u"))
    assert [event.item_id for event in log.history("u", 3)] == ["i3", "i4", "i5"]
    assert log.newest() == NOW + 5


def test_given_a_session_of_two_users_when_linked_then_each_user_keeps_the_own_events() -> None:
    log = InteractionLog()
    log.record(_event("1", 1, "a"))
    log.record(_event("2", 2, "b", user="first"))
    log.record(_event("3", 3, "c", user="second"))
    log.record(_event("4", 4, "d"))
    assert [event.item_id for event in log.history("first", 9)] == ["a", "b"]
    assert [event.item_id for event in log.history("second", 9)] == ["c", "d"]
    assert [event.item_id for event in log.history("s", 9)] == ["a", "b", "c", "d"]


def test_given_users_to_delete_when_deleted_then_only_their_events_are_gone() -> None:
    log = InteractionLog()
    log.record(_event("1", 1, user="u", session="x"))
    log.record(_event("2", 2, user="v", session="y"))
    assert log.delete_users({"u"}) == 1
    assert log.history("u", 9) == []
    assert len(log.history("v", 9)) == 1


def test_given_impressions_when_recorded_then_each_item_is_counted_once_for_an_event() -> None:
    log = InteractionLog()
    log.record(StreamedEvent("u", "s", "1", NOW, "view", "a", extra={"IMPRESSION": "a|b"}))
    log.record(StreamedEvent("u", "s", "2", NOW, "view", "b", extra={"IMPRESSION": "b|c", "PAGE": "home"}))
    log.record(StreamedEvent("u", "s", "3", NOW, "view", "b", extra={"PAGE": "home"}))
    assert log.impressions == {"a": 1, "b": 2, "c": 1}
    log.clear()
    assert log.impressions == {}
