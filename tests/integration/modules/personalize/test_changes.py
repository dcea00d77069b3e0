"""Changes of a model, with real applies, while requests are sent to its campaign."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scripts.deploy.moved_campaigns import find_moved_campaigns
from tests.integration.modules.personalize.conftest import MODELS, Deployment
from tests.support.terraform_runs import CTRL_C, says

OTHER_RECIPE = MODELS | {"recommender": {"recipe": "aws-user-personalization-v2"}}
THREE = MODELS | {"homepage": {"recipe": "aws-user-personalization-v2"}}


@contextmanager
def asked(deployment: Deployment, model: str = "recommender") -> Iterator[list[str]]:
    """Send requests to the campaign while the block runs; yield the list of their errors."""
    runtime, arn = deployment.client("personalize-runtime"), deployment.campaign(model)["campaignArn"]
    failures: list[str] = []
    answers, over = 0, threading.Event()

    def ask() -> None:
        nonlocal answers
        while not over.is_set():
            try:
                runtime.get_recommendations(campaignArn=arn, userId="12345", numResults=3)
                answers += 1
            except runtime.exceptions.ClientError as error:
                failures.append(str(error))
            time.sleep(0.05)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield failures
    finally:
        over.set()
        asking.join()
    assert answers > 20


def data(deployment: Deployment) -> dict[str, Any]:
    """Return datasets and tracker, and the event that was streamed."""
    personalize = deployment.client("personalize")
    pages = {
        "datasets": personalize.list_datasets()["datasets"],
        "trackers": personalize.list_event_trackers()["eventTrackers"],
    }
    return {
        kind: sorted(
            (one["name"], one["status"], one["creationDateTime"])
            for one in found
            if one["name"].startswith(deployment.prefix)
        )
        for kind, found in pages.items()
    }


def ledger(deployment: Deployment, model: str) -> dict[str, Any]:
    parameter = deployment.client("ssm").get_parameter(Name=f"/{deployment.prefix}/{model}/ledger")
    return json.loads(parameter["Parameter"]["Value"])


def test_given_another_recipe_when_applied_then_answers_go_on_data_stay_and_the_old_solution_goes(
    deployment: Deployment,
) -> None:
    # Given a deployment, applied twice
    runs = deployment.runs
    runs.apply()
    assert runs.is_clean()
    before, kept = deployment.campaign("recommender"), data(deployment)
    # When another recipe is applied, and the apply is stopped while the new solution trains
    runs.given(models=OTHER_RECIPE)
    (moved,) = find_moved_campaigns(runs.plan().shown)
    assert (moved.model, moved.recipe_after, moved.recreated) == ("recommender", "aws-user-personalization-v2", False)
    with asked(deployment) as failures:
        runs.stopped(says('first_solution_version["recommender"]', "CREATE IN_PROGRESS"), CTRL_C, "apply")
        # Then the old version serves,
        assert deployment.campaign("recommender")["solutionVersionArn"] == before["solutionVersionArn"]
        # and applied again the new one does, the old solution is gone, the data and the other model are as before.
        runs.apply()
    assert failures == []
    now = deployment.campaign("recommender")
    assert now["creationDateTime"] == before["creationDateTime"]
    assert now["solutionVersionArn"] != before["solutionVersionArn"]
    assert ledger(deployment, "recommender")["solutionVersionArn"] == now["solutionVersionArn"]
    assert deployment.versions("recommender") == deployment.versions("reranker") == ["ACTIVE"]
    assert len(deployment.left()["solutions"]) == 2
    assert data(deployment) == kept
    assert runs.is_clean()
    # When events get weights, then the solution is updated, and what is served stays.
    weighed = OTHER_RECIPE["recommender"] | {"events": {"DetailView": {"weight": 0.2}, "Application": {"weight": 1}}}
    runs.given(models=OTHER_RECIPE | {"recommender": weighed})
    runs.apply()
    (solution,) = (one for one in solutions(deployment) if "-recommender-" in one)
    described = deployment.client("personalize").describe_solution(solutionArn=solution)["solution"]
    assert len(described["solutionConfig"]["eventsConfig"]["eventParametersList"]) == 2
    assert deployment.campaign("recommender")["solutionVersionArn"] == now["solutionVersionArn"]
    runs.given(models=OTHER_RECIPE)
    runs.apply()
    # When a third model comes, and the re-ranker goes,
    runs.given(models=THREE)
    assert {address.split('["')[1] for address in runs.plan().of("create")} == {'homepage"]'}
    runs.given(models={name: model for name, model in OTHER_RECIPE.items() if name != "reranker"})
    with asked(deployment) as failures:
        runs.apply()
    # then only they do, and nothing is left of the one that went.
    assert failures == []
    assert deployment.left()["campaigns"] == [f"{deployment.prefix}-recommender"]
    assert len(deployment.left()["solutions"]) == 1
    assert runs.is_clean()
    # When the retraining is to compare with Popularity-Count, then there is one more solution, and no campaign.
    runs.given(models={"recommender": OTHER_RECIPE["recommender"]}, popularity_baseline=True)
    assert {address.split(".")[-1] for address in runs.plan().of("create")} == {
        "popularity_solution[0]",
        "popularity_teardown[0]",
    }
    runs.apply()
    assert any("-popularity-" in arn for arn in solutions(deployment))
    assert deployment.left()["campaigns"] == [f"{deployment.prefix}-recommender"]
    assert runs.is_clean()
    # When destroyed while trainings are under way, then nothing is left.
    for solution in solutions(deployment):
        deployment.client("personalize").create_solution_version(solutionArn=solution)
    runs.destroy()
    assert deployment.left() == {}


def solutions(deployment: Deployment) -> list[str]:
    """Return the ARNs of the deployment's solutions."""
    found = deployment.client("personalize").list_solutions()["solutions"]
    return [one["solutionArn"] for one in found if one["name"].startswith(deployment.prefix)]
