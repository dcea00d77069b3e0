"""A model is rolled back by command."""

import pytest

from tests.integration.step_functions.stack import Stack

# The retraining of the tests of step_functions/, in the same worker: to provision it takes a minute.
pytestmark = [pytest.mark.xdist_group("step_functions"), pytest.mark.usefixtures("consistent_state")]


@pytest.mark.usefixtures("promoted")
def test_given_a_promotion_when_rolled_back_then_the_previous_version_serves_and_again_the_newer_one(
    stack: Stack,
) -> None:
    newer, older = stack.serves(), stack.ledger()["previous"]

    done = stack.script("rollback", "--model", "recommender")

    print(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert stack.serves() == older
    ledger = stack.ledger()
    assert (ledger["solutionVersionArn"], ledger["previous"], ledger["last"]["outcome"]) == (
        older,
        newer,
        "rolled back",
    )
    assert ledger["metrics"]
    again = stack.script("rollback", "--model", "recommender")
    assert again.returncode == 0
    assert stack.serves() == newer
    # One of the two rollbacks led to a version that is not the newest one, and said what follows.
    said = [" ".join(output.split()) for output in (done.stdout, again.stdout)]
    assert any("has not been the newest of its solution" in text for text in said)
    assert any("no longer learns about new animals" in text for text in said)


def test_given_a_run_under_way_when_rolled_back_then_it_is_refused_and_retrain_shows_that_run(stack: Stack) -> None:
    with stack.faults(holdTrainings={"*": True}):
        arn = stack.start(only=["recommender"])
        refused = stack.script("rollback", "--model", "recommender")
        retrain = stack.begin("retrain", "--poll", "0.5")
        assert any("A run is under way; showing that one" in line for line in retrain.stdout or ())

    assert refused.returncode == 1
    assert f"{arn} is under way" in refused.stderr.replace("\n", "")
    assert "Report outcome" in retrain.communicate(timeout=120)[0]
    assert retrain.returncode == 0
    stack.finish(arn)
    stack.mails(1)


def test_given_a_model_that_is_none_when_rolled_back_then_the_names_there_are_are_listed(stack: Stack) -> None:
    done = stack.script("rollback", "--model", "recomender")

    assert done.returncode == 1
    assert "there are: recommender, reranker" in done.stderr
