"""The comparison with a Popularity-Count version that the run trains on the same data."""

from typing import Any

from tests.integration.step_functions.stack import ACCOUNT, BOTH, NDCG, POPULARITY, Stack

SOLUTION = f"{ACCOUNT}:solution/{POPULARITY}"


def rule(outcome: dict[str, Any]) -> dict[str, Any]:
    """Return the outcome's rule about popularity."""
    return next(one for one in outcome["rules"] if one["rule"] == "popularity")


def metric_of(stack: Stack, name: str) -> float:
    """Return the metric of the only Popularity-Count version with this name."""
    personalize = stack.client("personalize")
    listed = personalize.list_solution_versions(solutionArn=SOLUTION)["solutionVersions"]
    arns = [version["solutionVersionArn"] for version in listed]
    described = [personalize.describe_solution_version(solutionVersionArn=arn)["solutionVersion"] for arn in arns]
    (arn,) = [version["solutionVersionArn"] for version in described if version["name"] == name]
    return float(personalize.get_solution_metrics(solutionVersionArn=arn)["metrics"][NDCG])


def test_given_a_model_that_is_compared_when_run_then_a_version_of_the_run_gives_the_limit(stack: Stack) -> None:
    run = stack.run(only=BOTH)

    name = run["recommender"]["run"]
    found = rule(run["recommender"])
    assert found["passed"]
    assert found["required"] == metric_of(stack, name)
    assert "Popularity-Count's, trained on the same data" in found["text"]
    assert [one["rule"] for one in run["reranker"]["rules"]] == ["regression", "coverage"]
    mails = {mail["MessageAttributes"]["model"]["Value"]: mail["Message"] for mail in stack.mails(2)}
    assert found["text"] in mails["recommender"]
    assert "do not show that more animals are adopted" in " ".join(mails["recommender"].split())


def test_given_a_popularity_training_that_takes_longer_when_run_then_it_is_waited_for(stack: Stack) -> None:
    with stack.faults(holdTrainings={POPULARITY: True}):
        arn = stack.start(only=["recommender"])
        stack.wait_for(arn, "Trained?")
        stack.until(lambda: not stack.in_training() and "Trained?" in stack.entered(arn), "the model is not trained")
        looks = stack.history(arn)
        stack.until(lambda: len(stack.history(arn)) > len(looks) + 20, "nobody looks again")
        assert "Evaluate solution version" not in stack.entered(arn)

    assert rule(stack.finish(arn)["recommender"])["required"] is not None
    stack.mails(1)


def test_given_that_no_popularity_version_can_be_made_when_run_then_the_gate_goes_on_and_says_so(stack: Stack) -> None:
    with stack.denied("create-solution-version", "personalize:CreateSolutionVersion", f"{SOLUTION}*"):
        run = stack.run(only=["recommender"])

    assert run["recommender"]["outcome"] == "promoted"
    assert (
        "not compared with Popularity-Count: ClientError: An error occurred (AccessDenied"
        in rule(run["recommender"])["text"]
    )
    stack.mails(1)
