"""The last of this room: every state and transition of the definition was visited by the tests before."""

from collections.abc import Callable

import pytest

from tests.integration.step_functions import coverage
from tests.integration.step_functions.conftest import VISITED
from tests.integration.step_functions.stack import Stack

ENOUGH = 20  # executions; fewer mean that only some of the tests ran


def test_given_all_tests_above_when_they_have_run_then_every_state_and_transition_was_visited(
    stack: Stack, record_property: Callable[[str, str], None]
) -> None:
    record_property(VISITED, coverage.report(stack.visits))
    if len(stack.visits) < ENOUGH:
        pytest.skip("only some of the tests ran")
    states, transitions = coverage.visited(stack.visits)
    assert set(coverage.definition()) - states == set()
    assert coverage.defined() - transitions == set()
