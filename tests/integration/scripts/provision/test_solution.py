"""A solution is created once, and deleted with its trainings."""

import json
import uuid
from typing import Any

from tests.integration.scripts.provision.conftest import Model, Script, succeed


def test_given_a_solution_when_made_again_then_it_is_one_and_does_not_train_by_itself(
    model: Model, personalize: Any
) -> None:
    succeed(model.create_solution())
    solutions = [one["solutionArn"] for one in personalize.list_solutions()["solutions"]]
    described = personalize.describe_solution(solutionArn=model.solution_arn)["solution"]
    assert (solutions.count(model.solution_arn), described["performAutoTraining"]) == (1, False)
    assert described["solutionConfig"]["algorithmHyperParameters"] == {"hidden_dimension": "64"}


def test_given_other_event_weights_when_made_again_then_the_solution_is_updated_and_its_next_version_learns_from_them(
    script: Script, dataset_group: str, personalize: Any
) -> None:
    model = Model(f"m{uuid.uuid4().hex[:8]}", script, dataset_group)
    recipe = {"RECIPE_ARN": "arn:aws:personalize:::recipe/aws-user-personalization-v2", "HYPERPARAMETERS": "{}"}
    for view in (0.2, 0.5):
        events = [{"eventType": "DetailView", "weight": view}, {"eventType": "Application", "weight": 1.0}]
        succeed(model.create_solution(**recipe, EVENTS=json.dumps(events)))
    succeed(model.train())
    solution = personalize.describe_solution(solutionArn=model.solution_arn)["solution"]
    (version,) = personalize.list_solution_versions(solutionArn=model.solution_arn)["solutionVersions"]
    trained = personalize.describe_solution_version(solutionVersionArn=version["solutionVersionArn"])["solutionVersion"]
    assert solution["latestSolutionUpdate"]["status"] == "ACTIVE"
    assert trained["solutionConfig"]["eventsConfig"] == {"eventParametersList": events}


def test_given_a_training_under_way_when_all_solutions_of_the_model_are_deleted_then_none_is_left(
    model: Model, personalize: Any
) -> None:
    personalize.create_solution_version(solutionArn=model.solution_arn)
    for _ in range(2):
        succeed(model.delete_solutions())
    solutions = [one["name"] for one in personalize.list_solutions()["solutions"]]
    assert model.solution_name not in solutions
