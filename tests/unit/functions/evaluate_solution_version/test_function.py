"""evaluate_solution_version: the decision and its numbers."""

from typing import Any

import pytest

from evaluate_solution_version.function import make_handler
from local_aws.testing.personalize_account import PersonalizeAccount
from tests.unit.functions.fakes import FakeContext
from tests.unit.functions.retraining import NDCG, SOLUTION, model

OLD = {NDCG: 0.2, "coverage": 0.5}


@pytest.fixture
def evaluate(account: PersonalizeAccount, context: FakeContext) -> Any:
    """Return a function that evaluates a new version with these metrics."""
    account.add_solution("test")
    handler = make_handler(personalize=account.client())

    def add_and_evaluate(deployed: str, popularity: Any = None, **metrics: float) -> Any:
        account.add_campaign("test", deployed)
        version = account.add_version(SOLUTION, metrics=metrics)
        return handler({"model": model(), "solutionVersionArn": version, "popularity": popularity}, context)

    return add_and_evaluate


def test_given_a_better_version_when_evaluated_then_it_is_promoted_with_all_numbers(
    account: PersonalizeAccount, evaluate: Any
) -> None:
    new = {NDCG: 0.3, "coverage": 0.5}
    deployed = account.add_version(SOLUTION, metrics=OLD)

    evaluation = evaluate(deployed, **new)

    assert (evaluation["decision"], evaluation["reason"]) == ("promote", "every rule of the gate is met")
    assert evaluation["metrics"] == new
    assert evaluation["deployed"] == {"solutionVersionArn": deployed, "metrics": OLD}
    assert [(rule["value"], rule["required"]) for rule in evaluation["rules"]] == [
        (0.3, pytest.approx(0.16)),
        (0.3, 0.01),
        (0.5, 0.05),
    ]


def test_given_a_worse_version_when_evaluated_then_the_reason_has_the_numbers(
    account: PersonalizeAccount, evaluate: Any
) -> None:
    evaluation = evaluate(account.add_version(SOLUTION, metrics=OLD), **{NDCG: 0.1, "coverage": 0.5})

    assert evaluation["decision"] == "reject"
    assert evaluation["reason"] == "NDCG@5 0.1000, must be at least 0.1600 (the deployed version's 0.2000 less 20%)"


def test_given_a_deployed_version_that_is_gone_when_evaluated_then_only_the_thresholds_decide(evaluate: Any) -> None:
    evaluation = evaluate(f"{SOLUTION}/00000000", **{NDCG: 0.02, "coverage": 0.5})

    assert (evaluation["decision"], evaluation["deployed"]["metrics"]) == ("promote", None)


def test_given_a_popularity_version_of_the_run_when_evaluated_then_its_metrics_are_a_limit(
    account: PersonalizeAccount, evaluate: Any
) -> None:
    baseline = account.add_version(account.add_solution("popularity"), metrics={NDCG: 0.25, "coverage": 0.01})
    popularity = {"solutionVersionArn": baseline, "status": "ACTIVE", "failureReason": None}

    evaluation = evaluate(account.add_version(SOLUTION, metrics=OLD), popularity, **{NDCG: 0.24, "coverage": 0.5})

    assert evaluation["decision"] == "reject"
    assert evaluation["reason"] == (
        "NDCG@5 0.2400, must be at least 0.2500 (Popularity-Count's, trained on the same data)"
    )


@pytest.mark.parametrize(
    ("popularity", "words"),
    [
        ({"solutionVersionArn": None, "status": "NOT CREATED", "failureReason": "LimitExceeded"}, "LimitExceeded"),
        ({"solutionVersionArn": "arn", "status": "CREATE FAILED", "failureReason": "no capacity"}, "no capacity"),
        ({"solutionVersionArn": "arn", "status": "CREATE IN_PROGRESS", "failureReason": None}, "CREATE IN_PROGRESS"),
    ],
)
def test_given_a_popularity_version_that_cannot_be_compared_when_evaluated_then_the_rule_says_why(
    account: PersonalizeAccount, evaluate: Any, popularity: Any, words: str
) -> None:
    evaluation = evaluate(account.add_version(SOLUTION, metrics=OLD), popularity, **{NDCG: 0.24, "coverage": 0.5})

    assert evaluation["decision"] == "promote"
    assert words in evaluation["rules"][1]["text"]
