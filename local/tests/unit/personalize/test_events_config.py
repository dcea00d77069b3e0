"""Event weights: only their ratio counts."""

import pytest

from local_aws.personalize.events_config import relative_weights


def _config(**weights: float | None) -> dict[str, object]:
    listed = [{"eventType": name} | ({} if weight is None else {"weight": weight}) for name, weight in weights.items()]
    return {"eventsConfig": {"eventParametersList": listed}}


def test_given_weights_then_they_keep_their_ratio_and_an_event_weighs_one_on_average() -> None:
    types = ["view", "view", "view", "apply"]
    weights = relative_weights(_config(View=0.2, apply=0.6), types)
    assert weights == pytest.approx({"view": 2 / 3, "apply": 2.0})
    assert relative_weights(_config(View=0.1, apply=0.3), types) == pytest.approx(weights)


def test_given_a_type_without_a_weight_then_it_has_the_greatest_one() -> None:
    assert relative_weights(_config(view=0.5, apply=None), ["view", "apply"]) == pytest.approx(
        {"view": 2 / 3, "apply": 4 / 3}
    )


@pytest.mark.parametrize("config", [{}, {"eventsConfig": {}}, _config(view=None)])
def test_given_no_weights_then_there_are_none(config: dict[str, object]) -> None:
    assert relative_weights(config, ["view"]) is None
