"""The input of a retraining run, and its end."""

from typing import Any

import pytest

from scripts.common.task import TaskError
from scripts.operate.retrain import finish, run_input


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
