"""Experiments on simulated visitors: they decide by what the deployed system shows them, and the verdict finds out.

These tests come late in the alphabet: the outage of a campaign, which one of them makes, sets off alarms.
"""

from __future__ import annotations

import csv
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.experiments.definition import Experiment
from animal_recommender.experiments.verdict import Conclusion, Verdict
from scripts.common.environments import ROOT
from scripts.common.task import TaskError
from scripts.operate.deployment import Deployment
from scripts.operate.experiment import choose_experiments, judge_now

TASTES, SHOWN, CALLERS = 12, 3, 4
LIFT = 1.0  # hoped for: that twice as many apply
ARMS = {"model": {"share": 0.5, "shows": "recommender"}, "newest": {"share": 0.5, "shows": "newest"}}
COMMON = {"arms": ARMS, "control": "newest", "end_date": "2099-12-31", "hoped_for_lift": LIFT}


def read_tastes() -> dict[str, str]:
    """Return visitors of the seed, and the breed of cats that each looked at most: one of the popular ones."""
    with (ROOT / "seed" / "interactions.csv").open(encoding="utf-8") as file:
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for row in csv.DictReader(file):
            if row["ITEM_ID"].startswith("1-"):
                seen[row["USER_ID"]][row["ITEM_ID"].split("-")[1]] += 1
    favourites = {user: breeds.most_common(1)[0][0] for user, breeds in sorted(seen.items())}
    popular = [breed for breed, _ in Counter(favourites.values()).most_common(TASTES)]
    return {user: breed for user, breed in favourites.items() if breed in popular}


@pytest.fixture(scope="module")
def tastes(system: Any) -> Iterator[dict[str, str]]:
    """Visitors with a taste; a shelter has pets of every taste. The pets are gone after these tests."""
    tastes = read_tastes()
    pets = [
        {"id": f"visitors-{shelter}-{n}", "species": 1, "breed": breed, "size": 3, "age": 2, "shelter": shelter}
        for shelter in ("visitors", "broken")
        for n, breed in enumerate(sorted(set(tastes.values())))
    ]
    put(system, pets, "available")
    yield tastes
    put(system, pets, "adopted")


def put(system: Any, pets: Sequence[Mapping[str, Any]], status: str) -> None:
    answer, error = system.invoke("put_pets", {"pets": [{**one, "status": status} for one in pets]})
    assert error is None, answer


@pytest.fixture(scope="module")
def experiments(system: Any, tastes: dict[str, str]) -> Iterator[dict[str, Experiment]]:
    """Two more experiments, each in a shelter of its name."""
    ssm, before = system.client("ssm"), Deployment("local").names["experiments"]
    added = {shelter: {**COMMON, "shelters": [shelter]} for shelter in ("visitors", "broken")}

    def write(text: str) -> None:
        ssm.put_parameter(Name="/animal-recommender/local/experiments", Value=text, Overwrite=True)

    write(json.dumps(json.loads(before) | added))
    try:
        yield {shelter: choose_experiments(Deployment("local"), shelter)[0] for shelter in added}
    finally:
        write(before)


def ask(system: Any, user: str, shelter: str) -> list[dict[str, Any]]:
    """Ask for pets as the site does. A function reads new experiments within a minute: until then, ask again."""
    request = {"userId": user, "limit": SHOWN, "pets": {"shelters": [shelter]}}
    for _ in range(600):
        answer, error = system.invoke("recommend", request)
        assert error is None, answer
        if answer and "experiment" in answer[0] and answer[0]["pet"]:
            return answer
    raise AssertionError(f"not in the experiment: {answer}")


def visit(system: Any, user: str, taste: str) -> bool:
    """Look at what is shown, and apply for a pet of the visitor's taste. Return whether there was one."""
    for one in ask(system, user, "visitors"):
        if one["id"].split("-")[1] == taste:
            event = {"userId": user, "sessionId": f"visitors-{user}", "eventType": "Application"}
            event |= {"animal_id": one["pet"]["id"], "timestamp": time.time()}
            system.client("kinesis").put_record(
                StreamName=system.outputs["stream_name"], PartitionKey=user, Data=json.dumps(event).encode()
            )
            return True
    return False


def judge_when(
    experiment: Experiment, are_all_here: Callable[[Verdict], bool], wait_for: Callable[..., Any]
) -> Verdict:
    """Judge as at the end of today, when what the visitors did has arrived."""
    tomorrow = datetime.now(UTC).date() + timedelta(1)

    def judge() -> Verdict | None:
        try:
            verdict = judge_now(Deployment("local"), experiment, tomorrow)
        except TaskError:  # the first exposures are still on their way
            return None
        return verdict if are_all_here(verdict) else None

    return wait_for(judge, seconds=180, every=3)


def test_given_visitors_who_like_what_the_model_shows_then_the_verdict_comes_with_as_many_as_it_said(
    system, wait_for, tastes, experiments
):
    coming, seen = iter(tastes.items()), Counter()

    def let_come(number: int) -> Verdict:
        with ThreadPoolExecutor(CALLERS) as pool:
            visits = [pool.submit(visit, system, *next(coming)) for _ in range(number)]
        seen.update(visitors=number, applied=sum(one.result() for one in visits))

        def are_all_here(verdict: Verdict) -> bool:
            tallies = verdict.tallies.values()
            arrived = {
                "visitors": sum(one.visitors for one in tallies),
                "applied": sum(one.outcomes for one in tallies),
            }
            return arrived == seen

        return judge_when(experiments["visitors"], are_all_here, wait_for)

    # Given a few visitors, when judged, then there is no verdict, but the number of visitors that it still needs
    verdict = let_come(16)
    assert verdict.conclusion is Conclusion.NOT_ENOUGH
    needed = verdict.comparisons[0].needed
    assert 100 < needed < 300

    # Given about so many more (it finds the effect with a probability of 80 % only), then there is one
    verdict = let_come(round(1.25 * needed))
    assert (verdict.conclusion, verdict.winner) == (Conclusion.BETTER, "model")
    assert verdict.rates["model"].estimate > (1 + LIFT) * verdict.rates["newest"].estimate


@pytest.fixture
def outage(system: Any) -> Iterator[None]:
    """The model's campaign throttles every request."""
    system.faults({"operations": {"GetRecommendations": {"throttleRate": 1}}})
    yield
    system.faults({"operations": {"GetRecommendations": {"throttleRate": 0}}})


@pytest.mark.usefixtures("outage")
def test_given_an_arm_that_does_not_work_then_the_experiment_is_broken_and_the_arm_is_named(
    system, wait_for, experiments
):
    users = [f"visitors-broken-{number}" for number in range(240)]

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(lambda user: ask(system, user, "broken"), users))

    arms = Counter(answer[0]["experiment"]["arm"] for answer in answers)
    verdict = judge_when(
        experiments["broken"], lambda one: sum(t.visitors for t in one.tallies.values()) == len(users), wait_for
    )
    assert verdict.conclusion is Conclusion.BROKEN
    (reason,) = verdict.reasons
    assert reason.startswith(f"The arm model did not work: {arms['model']} of its {arms['model']} answers (100%)")
