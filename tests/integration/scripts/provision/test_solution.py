"""A solution is created once, and deleted with its trainings."""

from typing import Any

from tests.integration.scripts.provision.conftest import Model, succeed


def test_given_a_solution_when_made_again_then_it_is_one_and_does_not_train_by_itself(
    model: Model, personalize: Any
) -> None:
    succeed(model.create_solution())
    solutions = [one["solutionArn"] for one in personalize.list_solutions()["solutions"]]
    described = personalize.describe_solution(solutionArn=model.solution_arn)["solution"]
    assert (solutions.count(model.solution_arn), described["performAutoTraining"]) == (1, False)
    assert described["solutionConfig"]["algorithmHyperParameters"] == {"hidden_dimension": "64"}


def test_given_a_training_under_way_when_all_solutions_of_the_model_are_deleted_then_none_is_left(
    model: Model, personalize: Any
) -> None:
    personalize.create_solution_version(solutionArn=model.solution_arn)
    for _ in range(2):
        succeed(model.delete_solutions())
    solutions = [one["name"] for one in personalize.list_solutions()["solutions"]]
    assert model.solution_name not in solutions
