"""The ledger's value: small enough, and the same whether written once or twice."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.retraining import ledger
from plan_retraining.models import METRICS

ARN = "arn:aws:personalize:eu-central-1:123456789012:solution/" + "s" * 63 + "/" + "v" * 63


def outcome(version: str | None = "new", **changes: Any) -> ledger.Outcome:
    metrics = dict.fromkeys(METRICS, 1 / 3)
    return {
        "outcome": "promoted",
        "solutionVersionArn": version,
        "metrics": metrics,
        "trainingHours": 1.25,
        "when": "2026-05-20T12:00:00+00:00",
        "run": "run-1",
        "reason": "every rule of the gate is met",
        **changes,
    }


def test_given_an_empty_parameter_when_parsed_then_there_is_no_ledger() -> None:
    assert ledger.parse("{}") is None


def test_given_nothing_known_and_nothing_served_when_recorded_then_there_is_still_no_ledger() -> None:
    assert ledger.record(None, outcome(), None, None) is None


def test_given_the_first_entry_of_a_new_campaign_when_a_version_is_promoted_then_it_is_the_previous() -> None:
    first = {"solutionVersionArn": "old", "metrics": {}, "promotedAt": "2026-05-01", "previous": None}

    now = ledger.record(first, outcome(), "new", "old")

    assert (now["solutionVersionArn"], now["previous"], now["run"]) == ("new", "old", "run-1")


@given(st.text(max_size=5000), st.floats(0, 1), st.text(min_size=80, max_size=80))
def test_given_the_longest_of_everything_when_dumped_then_it_fits_a_parameter(
    reason: str, value: float, run: str
) -> None:
    entry = outcome(ARN, reason=reason, run=run, metrics=dict.fromkeys(METRICS, value))

    text = ledger.dump(ledger.record(None, entry, ARN, ARN))

    assert len(text.encode()) <= ledger.LIMIT_BYTES
    assert json.loads(text)["metrics"].keys() == set(METRICS)


@pytest.mark.parametrize("deployed", ["new", "old"])
def test_given_the_same_outcome_twice_when_recorded_then_nothing_changes(deployed: str) -> None:
    once = ledger.record(None, outcome(), deployed, "older")

    assert ledger.record(once, outcome(), deployed, "older") == once
