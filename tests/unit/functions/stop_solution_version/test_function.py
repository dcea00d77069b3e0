"""stop_solution_version: no training goes on after its run."""

from local_aws.testing.personalize_account import PersonalizeAccount
from stop_solution_version.function import make_handler
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import SOLUTION


def test_given_trainings_when_a_run_is_stopped_then_only_its_own_training_in_progress_is_stopped(
    account: PersonalizeAccount, context: FakeContext
) -> None:
    account.add_solution("test")
    account.add_version(SOLUTION, "CREATE FAILED", name="run-1")
    own = account.add_version(SOLUTION, "CREATE IN_PROGRESS", name="run-1")
    account.add_version(SOLUTION, "CREATE IN_PROGRESS", name="somebody-else")
    handler = make_handler(personalize=account.client())

    stopped = handler({"executionName": "run-1", "solutionArns": [SOLUTION]}, context)

    assert stopped == {"solutionVersionArns": [own]}
    assert account.changes == [("StopSolutionVersionCreation", {"solutionVersionArn": own})]
