"""An experiment with an arm that does not work, on the deployed system.

This test comes late in the alphabet: the outage of the campaign sets off alarms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.experiments.verdict import Conclusion, Verdict
from scripts.common.task import TaskError
from scripts.operate.deployment import Deployment
from scripts.operate.experiment import choose_experiments, judge_now

NAME, VISITORS, CALLERS = "broken-arm", 240, 4
DEFINITION = {
    "arms": {"model": {"share": 0.5, "shows": "recommender"}, "newest": {"share": 0.5, "shows": "newest"}},
    "control": "newest",
    "shelters": [NAME],
    "end_date": "2099-12-31",
}
PET = {"id": NAME, "species": 1, "breed": "Siamese", "size": 3, "age": 2, "shelter": NAME}


@pytest.fixture
def experiment(system: Any) -> Iterator[None]:
    """One more experiment, in a shelter with a pet. Both are gone after the test."""
    ssm, before = system.client("ssm"), Deployment("local").names["experiments"]

    def change(experiments: str, status: str) -> None:
        answer, error = system.invoke("put_pets", {"pets": [{**PET, "status": status}]})
        assert error is None, answer
        ssm.put_parameter(Name="/animal-recommender/local/experiments", Value=experiments, Overwrite=True)

    change(json.dumps(json.loads(before) | {NAME: DEFINITION}), "available")
    try:
        yield
    finally:
        change(before, "adopted")


@pytest.fixture
def outage(system: Any) -> Iterator[None]:
    """The campaign of the arm model throttles every request."""
    system.faults({"operations": {"GetRecommendations": {"throttleRate": 1}}})
    yield
    system.faults({"operations": {"GetRecommendations": {"throttleRate": 0}}})


def ask(system: Any, user: str) -> None:
    """Ask for pets as a site does. A function reads a new experiment within a minute: until then, ask again."""
    for _ in range(600):
        answer, error = system.invoke("recommend", {"userId": user, "limit": 3, "pets": {"shelters": [NAME]}})
        assert error is None, answer
        if answer and "experiment" in answer[0]:
            return
    raise AssertionError(f"not in the experiment: {answer}")


def judge_today() -> Verdict | None:
    """Judge as at the end of today; return None while exposures are on their way."""
    deployment, tomorrow = Deployment("local"), datetime.now(UTC).date() + timedelta(1)
    (experiment,) = choose_experiments(deployment, NAME)
    try:
        verdict = judge_now(deployment, experiment, tomorrow)
    except TaskError:
        return None
    return verdict if sum(tally.visitors for tally in verdict.tallies.values()) == VISITORS else None


@pytest.mark.usefixtures("experiment", "outage")
def test_given_an_arm_that_does_not_work_then_the_experiment_is_broken_and_the_arm_is_named(system, wait_for):
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(lambda number: ask(system, f"{NAME}-{number}"), range(VISITORS)))

    verdict = wait_for(judge_today, seconds=180, every=3)

    assert verdict.conclusion is Conclusion.BROKEN
    (reason,) = verdict.reasons
    assert reason.startswith("The arm model did not work: ")
    assert "(100%)" in reason
