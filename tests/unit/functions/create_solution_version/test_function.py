"""create_solution_version: one training for each run."""

from datetime import timedelta
from typing import Any

import pytest

from create_solution_version.function import make_handler
from local_aws.personalize.resource_types import SOLUTION_VERSION
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import NOW, RUN, SOLUTION


@pytest.fixture
def create(account: PersonalizeAccount, context: FakeContext) -> Any:
    account.add_solution("test")
    handler = make_handler(personalize=account.client())
    return lambda mode="FULL": handler({"solutionArn": SOLUTION, "trainingMode": mode, "run": RUN}, context)


def test_given_no_version_of_this_run_when_created_then_it_is_named_after_the_execution(
    account: PersonalizeAccount, create: Any
) -> None:
    account.add_version(SOLUTION, name="run-0", creationDateTime=NOW - timedelta(days=1))

    created = create("UPDATE")

    assert account.changes == [
        ("CreateSolutionVersion", {"name": "run-1", "solutionArn": SOLUTION, "trainingMode": "UPDATE"})
    ]
    assert created == {"solutionVersionArn": account.arns(SOLUTION_VERSION)[1], "name": "run-1"}


def test_given_a_repeated_call_when_created_then_the_first_version_is_found(
    account: PersonalizeAccount, create: Any
) -> None:
    first = create()

    assert create() == first
    assert len(account.changes) == 1
