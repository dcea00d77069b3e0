"""Which campaigns a plan moves to another solution, and what the reports say of it."""

from typing import Any

import pytest

from scripts.deploy import plan_report
from scripts.deploy.moved_campaigns import find_moved_campaigns
from scripts.deploy.plan_report import Changes

V1, V2 = "aws-user-personalization", "aws-user-personalization-v2"


def resource(name: str, model: str, *actions: str, before: Any = None, after: Any = None) -> dict[str, Any]:
    """Return a change of a model's resource as `terraform show -json` writes it."""
    return {
        "address": f'module.personalize.terraform_data.{name}["{model}"]',
        "type": "terraform_data",
        "name": name,
        "index": model,
        "change": {"actions": list(actions), "before": before, "after": after},
    }


def solution(recipe: str, digest: str, **hyperparameters: str) -> dict[str, Any]:
    """Return the values of a solution's resource."""
    return {
        "input": {"recipe": recipe, "hyperparameters": hyperparameters},
        "triggers_replace": [f"dev-animal-recommender-recommender-{digest}", "id-of-the-teardown"],
    }


def moved(before: Any, after: Any, *others: Any, model: str = "recommender") -> dict[str, Any]:
    """Return a plan that replaces a model's solution."""
    return {"resource_changes": [resource("solution", model, "delete", "create", before=before, after=after), *others]}


def test_given_another_recipe_then_the_report_says_what_visitors_get_if_the_campaign_is_recreated() -> None:
    (found,) = find_moved_campaigns(moved(solution(V1, "1"), solution(V2, "2")))

    text = found.describe()

    assert text.startswith("**The campaign of `recommender` moves to another solution**")
    assert f"(recipe {V2} instead of {V1})" in text
    for words in ("AWS does not document", "10 to 20 minutes, or more", "`recommend` answers with the popular list"):
        assert words in text


def test_given_other_hyperparameters_of_a_ranking_model_then_the_order_of_the_request_is_named() -> None:
    ranking = "aws-personalized-ranking"
    plan = moved(solution(ranking, "1"), solution(ranking, "2", bptt="20"), model="reranker")

    (found,) = find_moved_campaigns(plan)

    assert "`reranker` moves to another solution** (other hyperparameters)" in found.describe()
    assert "`rerank` answers with the order of the request" in found.describe()


def test_given_another_recipe_for_similar_pets_then_their_own_degraded_answer_is_named() -> None:
    (found,) = find_moved_campaigns(
        moved(solution("aws-sims", "1"), solution("aws-similar-items", "2"), model="similar")
    )

    assert "`similar` answers with pets of the same group" in found.describe()


def test_given_a_teardown_in_the_plan_then_the_campaign_is_deleted_for_certain() -> None:
    teardown = resource("teardown", "recommender", "delete", "create", before={}, after={})

    (found,) = find_moved_campaigns(moved(solution(V1, "1"), solution(V1, "1"), teardown))

    assert "is deleted and created again" in found.describe()


@pytest.mark.parametrize(
    "plan",
    [
        {},
        moved(solution(V1, "1"), solution(V1, "1")),  # -replace: the same solution is created once more
        {"resource_changes": [resource("solution", "recommender", "create", after=solution(V1, "1"))]},
        {"resource_changes": [resource("solution", "recommender", "delete", before=solution(V1, "1"))]},
        {"resource_changes": [resource("popularity_solution", "", "delete", "create", before={}, after={})]},
    ],
)
def test_given_no_move_then_nothing_is_found(plan: Any) -> None:
    assert find_moved_campaigns(plan) == []


def test_given_a_solution_of_an_earlier_version_then_its_recipe_is_unknown() -> None:
    (found,) = find_moved_campaigns(moved({"triggers_replace": "old"}, solution(V1, "1")))

    assert f"recipe {V1} instead of unknown" in found.describe()


def test_given_a_move_then_comment_and_insight_say_so_before_the_plan() -> None:
    changes = Changes.parse(moved(solution(V1, "1"), solution(V2, "2")))

    comment = plan_report.format_comment("dev", changes, "the plan's text")

    assert comment.index("moves to another solution") < comment.index("the plan's text")
    assert "moves to another solution" in plan_report.format_insight("dev", changes)["details"]
