"""The input of a retraining run, and its end."""

from typing import Any

import pytest
from rich.console import Console

from scripts.common import terminal
from scripts.common.task import TaskError
from scripts.operate.retrain import finish, print_outcomes, run_input


@pytest.mark.parametrize(
    ("only", "force", "given"),
    [
        ([], False, {}),
        (["b"], False, {"only": ["b"]}),
        ([], True, {"models": {"a": {"minimumNewInteractions": 0}, "b": {"minimumNewInteractions": 0}}}),
        (["b"], True, {"only": ["b"], "models": {"b": {"minimumNewInteractions": 0}}}),
    ],
)
def test_given_a_command_line_when_a_run_is_started_then_its_input_says_which_models_and_how(
    only: list[str], force: bool, given: Any
) -> None:
    assert run_input(["a", "b"], only, force) == given


def test_given_a_run_that_broke_off_when_finished_then_the_error_has_its_cause() -> None:
    with pytest.raises(TaskError, match=r"FAILED: ValidationError: input\.only"):
        finish({"status": "FAILED", "error": "ValidationError", "cause": "input.only: must be a list"})


def test_given_a_terminal_of_80_columns_when_outcomes_are_printed_then_the_new_and_the_deployed_metric_are_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    metric = "normalized_discounted_cumulative_gain_at_5"
    rule = {"rule": "regression", "metric": metric, "value": 0.4573}
    model = {"name": "recommender", "outcome": "rejected", "trainingHours": 0.007, "reason": "much too bad " * 9}
    monkeypatch.setattr(terminal, "console", Console(width=80, color_system=None))

    print_outcomes([{**model, "rules": [rule], "deployedMetrics": {metric: 0.5}}])

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["model", "outcome", "metric", "new", "deployed", "hours", "why"] in lines
    assert any(line[:6] == ["recommender", "rejected", "NDCG@5", "0.4573", "0.5000", "0.007"] for line in lines)
