"""What is shown of a model: the chart of its metric, and how it differs from the verified version."""

from typing import Any

import pytest
from rich.console import Console

from animal_recommender.retraining import ledger
from animal_recommender.retraining.automatic_updates import Standing
from scripts.operate.deployed_models import DeployedModel
from scripts.operate.deployment import Deployment
from scripts.operate.models import describe_deviations, describe_newest, describe_pause, draw_chart

NDCG = "normalized_discounted_cumulative_gain_at_5"


def entry(value: float | None, result: str) -> ledger.Outcome:
    return {
        "outcome": result,
        "solutionVersionArn": "arn",
        "metrics": {} if value is None else {NDCG: value},
        "trainingHours": None,
        "when": "2026-05-20T12:00:00+00:00",
        "run": "run",
        "reason": "",
    }


def test_given_outcomes_when_charted_then_bars_are_in_proportion_and_a_failure_has_none() -> None:
    console = Console(width=120)

    with console.capture() as drawn:
        console.print(draw_chart([entry(0.1, "rejected"), entry(0.2, "promoted"), entry(None, "failed")]))

    assert [line.count("█") for line in drawn.get().splitlines()] == [15, 30, 0]


ROLLBACK = "make rollback MODEL=recommender ENV=test"


@pytest.mark.parametrize(
    ("served", "change", "words"),
    [
        ("old", None, []),
        ("new", None, ["NOT VERIFIED", ROLLBACK]),
        (
            "new",
            "promotion",
            ["NOT VERIFIED", "promotion to new", "by run-1", ROLLBACK],
        ),
        ("old", "promotion", ["promotion to new", "nothing: it is removed by the next retraining run"]),
        ("old", "rollback", ["rollback to new", "by run-1", ROLLBACK]),
    ],
)
def test_given_a_change_that_has_not_ended_when_shown_then_it_says_what_is_not_verified_and_what_to_do(
    served: str, change: Any, words: list[str]
) -> None:
    known = ledger.first_entry("old", {}, "2026-05-20")
    if change:
        known = ledger.begin(known, {"kind": change, "solutionVersionArn": "new", "by": "run-1", "when": "2026-05-20"})
    campaign: Any = {"status": "ACTIVE", "solutionVersionArn": served}
    model = DeployedModel("recommender", Deployment("test"))

    shown = "\n".join(f"{name} {value}" for name, value in describe_deviations(model, known, campaign))

    assert [word for word in words if word not in shown] == []
    assert bool(shown) == bool(words)


def test_given_a_pause_when_shown_then_it_says_what_ends_it() -> None:
    model = DeployedModel("recommender", Deployment("test"))
    known = ledger.first_entry("old", {}, "2026-05-20")
    paused = ledger.reject(known, entry(0.1, "rejected"), "run-1", 1)

    assert describe_pause(model, known) == describe_pause(model, None) == []
    ((_, shown),) = describe_pause(model, paused)
    assert "PAUSED after 1 rejections, since 2026-05-20T12:00:00+00:00" in shown
    assert "make retrain ENV=test ARGS='--model recommender'" in shown


@pytest.mark.parametrize(
    ("newest", "learns", "words"),
    [
        ("old", True, ["yes"]),
        ("old", None, ["yes"]),
        ("old", False, ["yes", "trained with UPDATE"]),
        ("new", False, ["no", "that is new", "no longer learns about new animals"]),
        ("new", None, ["no", "that is new", "for 3.0 days."]),
    ],
)
def test_given_a_version_when_shown_then_it_says_whether_it_is_the_newest(
    newest: str, learns: bool | None, words: list[str]
) -> None:
    standing: Standing = {
        "solutionVersionArn": "old",
        "newestSolutionVersionArn": newest,
        "daysNotNewest": 3.0 if newest == "new" else 0.0,
        "learnsNewAnimals": learns,
    }

    shown = describe_newest(standing)

    assert [word for word in words if word not in shown] == []
    assert ("animals" in shown) == (learns is False)
