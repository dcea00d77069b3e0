"""The ledger of one model: which solution version serves, which one served before, and the outcome of the newest run.

It is the JSON value of an SSM parameter, so it must fit in 4 KB. Each write makes a new version of the parameter, and
those versions are the ledger's history. Terraform creates it as `{}`. The creation of the campaign writes the first
entry.
"""

import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

LIMIT_BYTES = 4096  # of a standard SSM parameter

_REASON_CHARACTERS = 300
_METRIC_DIGITS = 6


class Outcome(TypedDict):
    """The outcome of one run or one rollback."""

    outcome: str  # promoted | rejected | failed | rolled back
    solutionVersionArn: str | None  # the version in question; None if the run made none
    metrics: dict[str, float]
    trainingHours: float | None
    when: str  # ISO 8601, UTC
    run: str | None  # execution name
    reason: str


class Ledger(TypedDict):
    """What the campaign serves now (the first keys), and the newest outcome (`last`)."""

    solutionVersionArn: str
    metrics: dict[str, float]
    promotedAt: str  # ISO 8601
    previous: str | None  # the version that served before
    trainingHours: NotRequired[float | None]
    run: NotRequired[str | None]
    last: NotRequired[Outcome]


def parse(text: str) -> Ledger | None:
    """Parse a parameter's value. Return None if the ledger has no entry yet."""
    value = json.loads(text)
    return value or None


def record(ledger: Ledger | None, outcome: Outcome, deployed: str | None, previous: str | None) -> Ledger | None:
    """Return the ledger after an outcome. The same outcome twice gives the same ledger.

    Args:
        ledger: The ledger so far.
        outcome: What happened.
        deployed: The version that serves now. None means that the outcome did not change it.
        previous: The version that served before the outcome. It is used only if `deployed` is another one than before.

    Returns:
        None if it is not known what serves.
    """
    last = _last(outcome)
    if ledger is not None and deployed in (None, ledger["solutionVersionArn"]):
        return {**ledger, "last": last}
    if deployed is None:
        return None
    known = outcome["solutionVersionArn"] == deployed
    return {
        "solutionVersionArn": deployed,
        "metrics": last["metrics"] if known else {},
        "promotedAt": outcome["when"],
        "previous": previous,
        "trainingHours": outcome["trainingHours"] if known else None,
        "run": outcome["run"],
        "last": last,
    }


def dump(ledger: Ledger) -> str:
    """Return a parameter's value within the limit. If it is too long, the metrics of the newest outcome are dropped."""
    text = _compact(ledger)
    if len(text.encode()) > LIMIT_BYTES and "last" in ledger:
        text = _compact({**ledger, "last": {**ledger["last"], "metrics": {}}})
    return text


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _last(outcome: Outcome) -> Outcome:
    metrics = {name: round(value, _METRIC_DIGITS) for name, value in outcome["metrics"].items()}
    return {**outcome, "metrics": metrics, "reason": outcome["reason"][:_REASON_CHARACTERS]}
