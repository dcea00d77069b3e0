"""The standing of a served version: how long it has not been the newest one, and whether it learns new animals."""

from datetime import timedelta
from typing import Any

import pytest

from animal_recommender.retraining.automatic_updates import Standing, describe_standing, find_standing
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.retraining import NOW, SOLUTION

V1, RANKING = "aws-user-personalization", "aws-personalized-ranking"


@pytest.fixture
def versions(account: PersonalizeAccount) -> Any:
    """Return a function that adds versions, each `days` old, and returns their ARNs."""
    account.add_solution("test")

    def add(*days: float, **members: Any) -> list[str]:
        return [account.add_version(SOLUTION, creationDateTime=NOW - timedelta(days=age), **members) for age in days]

    return add


def standing(account: PersonalizeAccount, served: str, recipe: str = V1) -> Standing:
    return find_standing(account.client(), served, recipe, NOW)


def test_given_the_newest_version_when_it_serves_then_it_learns(account: PersonalizeAccount, versions: Any) -> None:
    *_, newest = versions(9, 2)

    assert standing(account, newest) == {
        "solutionVersionArn": newest,
        "newestSolutionVersionArn": newest,
        "daysNotNewest": 0,
        "learnsNewAnimals": True,
    }
    assert describe_standing(standing(account, newest)) == ""


def test_given_newer_versions_when_an_older_one_serves_then_the_days_count_from_the_first_of_them(
    account: PersonalizeAccount, versions: Any
) -> None:
    _, served, _, newest = versions(9, 8, 4.5, 1)

    found = standing(account, served)

    assert (found["newestSolutionVersionArn"], found["daysNotNewest"]) == (newest, 4.5)
    assert found["learnsNewAnimals"] is False
    assert describe_standing(found) == (
        "The served version has not been the newest of its solution for 4.5 days. Personalize updates only the newest "
        "one, so the served version no longer learns about new animals."
    )


def test_given_the_second_version_of_the_recipe_when_its_newest_version_serves_then_it_learns(
    account: PersonalizeAccount, versions: Any
) -> None:
    (served,) = versions(8)
    assert standing(account, served, "aws-user-personalization-v2")["learnsNewAnimals"] is True


@pytest.mark.parametrize("recipe", [RANKING, "aws-similar-items"])
def test_given_a_recipe_without_automatic_updates_when_an_older_version_serves_then_nothing_is_said_of_new_animals(
    account: PersonalizeAccount, versions: Any, recipe: str
) -> None:
    served, _ = versions(8, 2)

    found = standing(account, served, recipe)

    assert found["learnsNewAnimals"] is None
    assert describe_standing(found) == "The served version has not been the newest of its solution for 2.0 days."


@pytest.mark.parametrize("status", ["CREATE IN_PROGRESS", "CREATE FAILED", "CREATE STOPPED"])
def test_given_a_newer_version_that_is_not_active_when_asked_then_the_served_one_is_the_newest(
    account: PersonalizeAccount, versions: Any, status: str
) -> None:
    (served,) = versions(8)
    versions(2, status=status)

    assert standing(account, served)["daysNotNewest"] == 0


def test_given_a_version_of_an_update_when_it_serves_then_it_does_not_learn(
    account: PersonalizeAccount, versions: Any
) -> None:
    versions(8)
    (served,) = versions(2, trainingMode="UPDATE")

    found = standing(account, served)

    assert (found["daysNotNewest"], found["learnsNewAnimals"]) == (0, False)
    assert "trained with UPDATE, which ends Personalize's automatic updates" in describe_standing(found)
    assert standing(account, served, RANKING)["learnsNewAnimals"] is None


def test_given_a_served_version_that_was_deleted_when_asked_then_every_other_one_counts_as_newer(
    account: PersonalizeAccount, versions: Any
) -> None:
    versions(3, 1)

    assert standing(account, f"{SOLUTION}/00000000")["daysNotNewest"] == 3


@pytest.mark.parametrize(
    ("days", "words"), [(0.0, "less than an hour"), (0.5, "12 hours"), (1.5, "36 hours"), (2.5, "2.5 days")]
)
def test_given_days_when_described_then_they_are_readable(days: float, words: str) -> None:
    found: Standing = {
        "solutionVersionArn": "old",
        "newestSolutionVersionArn": "new",
        "daysNotNewest": days,
        "learnsNewAnimals": None,
    }

    assert describe_standing(found) == f"The served version has not been the newest of its solution for {words}."
