"""The ledger: what each change makes of it, and that it fits a parameter."""

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
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


FIRST = ledger.first_entry("old", {}, "2026-05-01")


def change(kind: Any, version: str) -> ledger.Change:
    return {"kind": kind, "solutionVersionArn": version, "by": "a" * 80, "when": "2026-05-20T12:00:00+00:00"}


def test_given_an_empty_parameter_when_parsed_then_there_is_no_ledger() -> None:
    assert ledger.parse("{}") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ('{"solutionVersionArn": "a', "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ("7", "it is not a JSON object"),
        ('{"solutionVersionArn": null}', "solutionVersionArn and promotedAt must be text"),
        (json.dumps({**FIRST, "pause": []}), "pause.when and pause.run must be text"),
        (json.dumps({**FIRST, "change": 7}), "change.kind and change.solutionVersionArn and change.by and change.when"),
    ],
)
def test_given_a_damaged_parameter_when_parsed_then_the_reason_names_what_is_wrong(text: str, reason: str) -> None:
    with pytest.raises(ledger.LedgerError, match=re.escape(reason)):
        ledger.parse(text)


def test_given_a_promotion_when_finished_then_the_verified_version_before_is_the_previous() -> None:
    now = ledger.finish(ledger.begin(FIRST, change("promotion", "new")), "new", outcome())

    assert (now["solutionVersionArn"], now["previous"], now["run"]) == ("new", "old", "run-1")
    assert "change" not in now
    assert ledger.finish(now, "new", outcome()) == now


def test_given_a_change_that_has_begun_when_asked_then_a_promotion_is_undone_and_a_rollback_completed() -> None:
    assert ledger.version_to_serve(FIRST) == "old"
    assert ledger.version_to_serve(ledger.begin(FIRST, change("promotion", "new"))) == "old"
    assert ledger.version_to_serve(ledger.begin(FIRST, change("rollback", "older"))) == "older"


def test_given_a_change_when_abandoned_or_noted_then_the_verified_version_stays() -> None:
    begun = ledger.begin(FIRST, change("promotion", "new"))

    assert ledger.abandon(begun) == FIRST
    assert {**ledger.note(begun, outcome(outcome="failed")), "last": None} == {**begun, "last": None}


def test_given_rejections_when_a_rollback_is_finished_then_they_and_the_pause_stay() -> None:
    paused = ledger.reject(ledger.reject(FIRST, outcome(outcome="rejected"), "run-1", 2), outcome(), "run-2", 2)
    begun = ledger.begin(paused, change("rollback", "older"))

    now = ledger.finish(begun, "older", outcome("older", outcome="rolled back"))

    assert now["pause"] == {"when": "2026-05-20T12:00:00+00:00", "run": "run-2", "rejections": 2}
    assert now["rejections"] == ["run-1", "run-2"]
    assert "change" not in now


@pytest.mark.parametrize(("limit", "paused_after"), [(0, None), (1, 1), (3, 3)])
def test_given_a_limit_when_rejected_again_and_again_then_the_pause_begins_with_that_rejection(
    limit: int, paused_after: int | None
) -> None:
    entry, begun = FIRST, None
    for number in range(1, 6):
        entry = ledger.reject(entry, outcome(outcome="rejected"), f"run-{number}", limit)
        begun = begun or (number if "pause" in entry else None)

    assert begun == paused_after


@given(st.text(max_size=5000), st.floats(0, 1), st.text(min_size=80, max_size=80))
@example("\U0001f63a" * 300, 1 / 3, "r" * 80)
def test_given_the_longest_of_everything_when_dumped_then_it_fits_a_parameter(
    reason: str, value: float, run: str
) -> None:
    entry = outcome(ARN, reason=reason, run=run, metrics=dict.fromkeys(METRICS, value))
    first = ledger.first_entry(f"{ARN}1", {}, entry["when"])

    promoted = ledger.begin(ledger.finish(first, ARN, entry), change("rollback", ARN))
    for number in range(12):
        promoted = ledger.reject(promoted, entry, f"{number:02}{'r' * 78}", 10)
    text = ledger.dump(promoted)

    assert len(text.encode()) <= ledger.LIMIT_BYTES
    assert json.loads(text)["metrics"].keys() == set(METRICS)
