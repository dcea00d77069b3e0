"""Automatic training: off afterwards, and switched off once."""

from typing import Any

import pytest

from check_interactions.automatic_training import switch_off_automatic_training
from local_aws.testing.personalize_account import STEP_SECONDS, PersonalizeAccount
from tests.unit.functions.retraining import SOLUTION


@pytest.mark.parametrize(
    ("solution", "found", "changes"),
    [
        ({"performAutoTraining": False}, "off", []),
        ({"performAutoTraining": None}, "off", []),
        (
            {"performAutoTraining": True},
            "switched off",
            [("UpdateSolution", {"solutionArn": SOLUTION, "performAutoTraining": False})],
        ),
    ],
)
def test_given_automatic_training_when_switched_off_then_it_is_off_afterwards(
    account: PersonalizeAccount, solution: Any, found: str, changes: Any
) -> None:
    account.add_solution("test", **solution)

    assert switch_off_automatic_training(account.client(), SOLUTION) == found
    assert account.changes == changes


def test_given_an_update_in_progress_when_switched_off_again_then_nothing_is_requested(
    account: PersonalizeAccount,
) -> None:
    account.add_solution("test", performAutoTraining=True)
    personalize = account.client()
    switch_off_automatic_training(personalize, SOLUTION)

    assert switch_off_automatic_training(personalize, SOLUTION) == "switched off"
    assert len(account.changes) == 1
    account.clock.sleep(2 * STEP_SECONDS)
    assert switch_off_automatic_training(personalize, SOLUTION) == "off"
