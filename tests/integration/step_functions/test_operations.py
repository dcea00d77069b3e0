"""The operators' commands on a deployed environment: retrain, models, rollback."""

import pytest

from tests.integration.step_functions.stack import Stack


@pytest.fixture
def rolled_back(promoted: None, stack: Stack) -> None:
    """The newest entry of the recommender's ledger is a rollback."""
    done = stack.script("rollback", "--model", "recommender")
    assert (done.returncode, done.stderr) == (0, "")


def test_given_a_deployment_when_retrained_by_command_then_it_shows_progress_and_ends_with_a_table(
    stack: Stack,
) -> None:
    before = stack.serves()

    done = stack.script("retrain", "--model", "recommender", "--force", "--poll", "0.5")

    print(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(step in done.stdout for step in ("Wait for training", "Update campaign", "Report outcome"))
    assert "NDCG@5" in done.stdout
    assert stack.serves() != before
    stack.mails(1)


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
    assert stack.script("rollback", "--model", "recommender").returncode == 0
    assert stack.serves() == newer


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


@pytest.mark.usefixtures("rolled_back")
def test_given_history_when_models_are_shown_then_each_has_its_version_metrics_hours_and_chart(stack: Stack) -> None:
    done = stack.script("models")

    print(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    for words in (stack.serves(), stack.serves("reranker"), "rolled back", "█", "hours", "automatic training", "off"):
        assert words in done.stdout


def test_given_a_model_that_is_none_when_rolled_back_then_the_names_there_are_are_listed(stack: Stack) -> None:
    done = stack.script("rollback", "--model", "recomender")

    assert done.returncode == 1
    assert "there are: recommender, reranker" in done.stderr


def test_given_an_environment_that_is_none_when_asked_then_it_says_where_it_looked(stack: Stack) -> None:
    done = stack.script("models", "--environment", "nowhere")

    assert done.returncode == 1
    assert "'nowhere' is deployed" in done.stderr
