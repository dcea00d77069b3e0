import json

import pytest

from judge_experiments.live_metrics import emit, sum_by_model

ROWS = [
    ["recommend", "recommender", "2026-11-01T10:00:00Z", "100", "30", "5", "1"],
    ["recommend", "recommender", "2026-11-01T11:00:00Z", "300", "30", "5", "1"],
    ["rerank", "reranker", "2026-11-01T10:00:00Z", "10", "1", "0", "0"],
]


def test_given_hours_when_summed_then_each_model_has_its_lists_and_outcomes() -> None:
    assert sum_by_model(ROWS) == {"recommender": [400, 60, 10, 2], "reranker": [10, 1, 0, 0]}
    assert sum_by_model([]) == {}


def test_given_sums_when_emitted_then_rates_are_percent_with_the_models_dimension(
    capsys: pytest.CaptureFixture[str],
) -> None:
    emit({"recommender": [400, 60, 10, 2]})
    line = json.loads(capsys.readouterr().out)
    assert line["model"] == "recommender"
    assert {name: line[name] for name in line if name.startswith("List")} == {
        "ListsShown": [400.0], "ListClickRate": [15.0], "ListFavoriteRate": [2.5], "ListApplicationRate": [0.5],
    }  # fmt: skip
