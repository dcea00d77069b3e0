"""A retraining run is started and followed by command."""

import pytest

from tests.integration.step_functions.stack import Stack

# The retraining of the tests of step_functions/, in the same worker: to provision it takes a minute.
pytestmark = [pytest.mark.xdist_group("step_functions"), pytest.mark.usefixtures("consistent_state")]


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
