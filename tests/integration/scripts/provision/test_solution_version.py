"""A first version is trained once, or the script says why not."""

from typing import Any

from tests.integration.scripts.provision.conftest import Model


def test_given_a_training_that_fails_then_the_script_says_why(model: Model, faults: Any) -> None:
    faults.add({"failNextTraining": {model.solution_name: "the instance was lost"}})
    done = model.train()
    assert done.returncode == 1
    assert "CREATE FAILED: the instance was lost" in done.stderr
