"""The weights of event types."""

from local_aws.recommender.sequences import event_type_weights


def test_given_rare_event_types_then_they_count_more_unless_named() -> None:
    weights = event_type_weights(["view"] * 400 + ["apply"] * 25 + [None], {"buy": 7.0})
    assert weights == {"view": 1.0, "apply": 4.0, "buy": 7.0}
