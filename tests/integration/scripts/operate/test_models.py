"""The deployed models are shown by command."""

import pytest

from tests.integration.step_functions.stack import Stack

# The retraining of the tests of step_functions/, in the same worker: to provision it takes a minute.
pytestmark = [pytest.mark.xdist_group("step_functions"), pytest.mark.usefixtures("consistent_state")]


@pytest.fixture
def rolled_back(promoted: None, stack: Stack) -> None:
    """The newest entry of the recommender's ledger is a rollback."""
    done = stack.script("rollback", "--model", "recommender")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("rolled_back")
def test_given_history_when_models_are_shown_then_each_has_its_version_metrics_hours_and_chart(stack: Stack) -> None:
    done = stack.script("models")

    print(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    for words in (stack.serves(), stack.serves("reranker"), "rolled back", "█", "hours", "automatic training", "off"):
        assert words in done.stdout
    assert "no longer learns about new animals" in " ".join(done.stdout.split())
    assert "do not show that more animals are adopted" in " ".join(done.stdout.split())


def test_given_an_environment_that_is_none_when_asked_then_it_says_where_it_looked(stack: Stack) -> None:
    done = stack.script("models", "--environment", "nowhere")

    assert done.returncode == 1
    assert "'nowhere' is deployed" in done.stderr
