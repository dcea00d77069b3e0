"""Status timelines."""

from local_aws.personalize.statuses import StatusTimeline


def test_given_a_timeline_when_it_is_changed_then_past_steps_stay_and_later_ones_are_dropped() -> None:
    timeline = StatusTimeline.starting_at(0, 10, "A", "B", "C").then(15, 5, "D", "E")
    assert [timeline.status_at(t) for t in (0, 9, 10, 14, 15, 20, 99)] == ["A", "A", "B", "B", "D", "E", "E"]
