"""The trainings of a solution so far."""

from datetime import timedelta

from check_interactions.history import TrainingHistory, read_training_history
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.retraining import NOW, SOLUTION


def test_given_versions_when_history_is_read_then_only_trained_ones_of_this_month_count(
    account: PersonalizeAccount,
) -> None:
    account.add_solution("test")
    account.add_version(SOLUTION, creationDateTime=NOW - timedelta(days=40), trainingHours=9.0)
    account.add_version(SOLUTION, creationDateTime=NOW - timedelta(days=3), trainingHours=2.5)
    account.add_version(SOLUTION, "CREATE FAILED", creationDateTime=NOW - timedelta(days=1))
    running = account.add_version(SOLUTION, "CREATE IN_PROGRESS")

    history = read_training_history(account.client(), SOLUTION, NOW)

    assert history == TrainingHistory(NOW - timedelta(days=3), 2.5, 2.5, running)


def test_given_no_version_when_history_is_read_then_it_is_empty(account: PersonalizeAccount) -> None:
    account.add_solution("test")

    assert read_training_history(account.client(), SOLUTION, NOW) == TrainingHistory(None, 0, 0, None)
