"""The ledger of one model: which solution version serves, which served before, and what the newest run came to.

It is the JSON value of an SSM parameter, so it must fit 4 KB; each write makes a new version of the parameter, and
those versions are the ledger's history. Terraform makes it `{}`; creating the campaign enters the first version.
"""

import json
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

LIMIT_BYTES = 4096  # of a standard SSM parameter

_REASON_CHARACTERS = 300
_METRIC_DIGITS = 6


class Outcome(TypedDict):
    """What one run, or one rollback, came to."""

    outcome: str  # promoted | rejected | failed | rolled back
    solutionVersionArn: str | None  # the version that it was about; None if none was made
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
    """Read a parameter's value; None if the ledger has no entry yet."""
    value = json.loads(text)
    return value or None


def record(ledger: Ledger | None, outcome: Outcome, deployed: str | None, previous: str | None) -> Ledger | None:
    """Answer the ledger after an outcome, with `deployed` serving now (None: what served before, serves still).

    `previous` is what served before it, and counts only if this outcome changed what is served. Recording an
    outcome twice gives the same ledger. None: nothing is known of what serves.
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
    """Write a parameter's value: compact, and within the limit (metrics of the newest outcome are the first to go)."""
    text = _compact(ledger)
    if len(text.encode()) > LIMIT_BYTES and "last" in ledger:
        text = _compact({**ledger, "last": {**ledger["last"], "metrics": {}}})
    return text


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _last(outcome: Outcome) -> Outcome:
    metrics = {name: round(value, _METRIC_DIGITS) for name, value in outcome["metrics"].items()}
    return {**outcome, "metrics": metrics, "reason": outcome["reason"][:_REASON_CHARACTERS]}
