"""An apply that was interrupted can be repeated, or everything can be destroyed, as if nothing had happened."""

from __future__ import annotations

import signal

import pytest

from tests.integration.modules.personalize.conftest import MODELS, Deployment
from tests.support.terraform_runs import CTRL_C, POWER_CUT, says

STEPS = {
    "import": says('seed_import["interactions"]', "accepted"),
    "training": says('first_solution_version["recommender"]', "CREATE IN_PROGRESS"),
    "deployment": says('campaign["recommender"]', "accepted"),
}


def test_given_power_cuts_in_every_long_step_when_applied_again_then_each_step_was_done_once(
    deployment: Deployment,
) -> None:
    runs = deployment.runs
    for step in STEPS.values():
        runs.stopped(step, POWER_CUT, "apply")
    runs.apply()
    assert runs.is_clean()
    assert {model: deployment.versions(model) for model in MODELS} == {model: ["ACTIVE"] for model in MODELS}
    assert deployment.imports() == {"interactions": ["ACTIVE"], "items": ["ACTIVE"]}


@pytest.mark.matrix
@pytest.mark.parametrize("how", [CTRL_C, POWER_CUT], ids=lambda sign: sign.name)
@pytest.mark.parametrize("step", STEPS)
def test_given_an_apply_stopped_when_run_again_then_it_ends_well(
    deployment: Deployment, step: str, how: signal.Signals
) -> None:
    runs = deployment.runs
    runs.stopped(STEPS[step], how, "apply")
    runs.apply()
    assert runs.is_clean()
    assert {model: deployment.versions(model) for model in MODELS} == {model: ["ACTIVE"] for model in MODELS}
    runs.destroy()
    assert deployment.left() == {}


@pytest.mark.matrix
@pytest.mark.parametrize("how", [CTRL_C, POWER_CUT], ids=lambda sign: sign.name)
@pytest.mark.parametrize("step", STEPS)
def test_given_an_apply_stopped_when_destroyed_then_nothing_is_left(
    deployment: Deployment, step: str, how: signal.Signals
) -> None:
    deployment.runs.stopped(STEPS[step], how, "apply")
    deployment.runs.destroy()
    assert deployment.left() == {}
