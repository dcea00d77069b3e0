"""The ledger of one model: which solution version is verified, and which change of the campaign has begun.

It is the JSON value of an SSM parameter, so it must fit in 4 KB. Each write makes a new version of the parameter, and
those versions are the ledger's history. Terraform creates it as `{}`. The creation of the campaign writes the first
entry.

A change is recorded here (`begin`) before the campaign is updated, and its end (`finish`, `abandon`) afterwards. So an
interruption at any moment leaves a change that the next run or rollback finds: a rollback is completed, a promotion is
undone. docs/decisions/0014-changes-are-recorded-before-they-are-made.md has the rules.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

LIMIT_BYTES = 4096  # of a standard SSM parameter

_REASON_CHARACTERS = 300
_SHORT_REASON_CHARACTERS = 50  # if the ledger would be too long: JSON writes some characters with twelve bytes
_METRIC_DIGITS = 6
_TEXTS = ("solutionVersionArn", "promotedAt")  # that every entry has
_CHANGE_TEXTS = ("kind", "solutionVersionArn", "by", "when")
_PAUSE_TEXTS = ("when", "run")
_REJECTIONS = 10  # that are kept; the execution names fit in the parameter


class LedgerError(ValueError):
    """The ledger cannot be read, or it has a change that somebody else began."""


class Outcome(TypedDict):
    """The outcome of one run or one rollback."""

    outcome: str  # promoted | rejected | failed | rolled back
    solutionVersionArn: str | None  # the version in question; None if the run made none
    metrics: dict[str, float]
    trainingHours: float | None
    when: str  # ISO 8601, UTC
    run: str | None  # execution name
    reason: str


class Change(TypedDict):
    """A change of what the campaign serves that has begun and not ended."""

    kind: Literal["promotion", "rollback"]
    solutionVersionArn: str  # the version that shall serve; that of a rollback is verified already
    by: str  # execution name of the run, or ARN of the person
    when: str  # ISO 8601, UTC


class Pause(TypedDict):
    """Scheduled runs do not train the model any more, because one version after the other was rejected."""

    when: str  # ISO 8601, UTC
    run: str  # execution name of the run whose rejection was the last one
    rejections: int


class Ledger(TypedDict):
    """The verified version that serves (the first keys), a change that has begun, and the newest outcome (`last`).

    A version is verified if the canary accepted its responses, or if Terraform deployed it as the first one.
    `rejections` names the runs since the last promotion that ended in a rejection, oldest first.
    """

    solutionVersionArn: str
    metrics: dict[str, float]
    promotedAt: str  # ISO 8601
    previous: str | None  # the verified version that served before
    trainingHours: NotRequired[float | None]
    run: NotRequired[str | None]
    change: NotRequired[Change]
    last: NotRequired[Outcome]
    rejections: NotRequired[list[str]]
    pause: NotRequired[Pause]


def read(ssm: "SSMClient", parameter: str) -> Ledger | None:
    """Return the ledger in a parameter, or None if it has no entry yet.

    Raises:
        LedgerError: The value is damaged. The message names the parameter, and says how to repair it.
    """
    try:
        return parse(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
    except LedgerError as error:
        raise LedgerError(
            f"the ledger {parameter} is damaged: {error}. Put back the newest good value: aws ssm "
            f"get-parameter-history --name {parameter} shows them, aws ssm put-parameter --overwrite writes one"
        ) from None


def write(ssm: "SSMClient", parameter: str, ledger: Ledger) -> None:
    """Replace the ledger. The old value stays in the parameter's history."""
    ssm.put_parameter(Name=parameter, Value=dump(ledger), Overwrite=True)


def parse(text: str) -> Ledger | None:
    """Parse a parameter's value. Return None if the ledger has no entry yet.

    Raises:
        LedgerError: It is no JSON object, or a member that every ledger has is missing.
    """
    try:
        value = json.loads(text)
    except ValueError:
        raise LedgerError("it is not JSON") from None
    if not isinstance(value, dict):
        raise LedgerError("it is not a JSON object")
    if not value:
        return None
    _check_texts(value, _TEXTS, "")
    if "change" in value:
        _check_texts(value["change"], _CHANGE_TEXTS, "change.")
    if "pause" in value:
        _check_texts(value["pause"], _PAUSE_TEXTS, "pause.")
    return cast("Ledger", {"metrics": {}, "previous": None, **value})


def _check_texts(value: Any, names: tuple[str, ...], path: str) -> None:
    found = value if isinstance(value, dict) else {}
    wrong = [f"{path}{name}" for name in names if not isinstance(found.get(name), str)]
    if wrong:
        raise LedgerError(f"{' and '.join(wrong)} must be text")


def first_entry(version_arn: str, metrics: dict[str, float], when: str) -> Ledger:
    """Return the ledger of a campaign that serves its first version since `when` (ISO 8601)."""
    return {"solutionVersionArn": version_arn, "metrics": metrics, "promotedAt": when, "previous": None}


def solution_of(version_arn: str) -> str:
    """Return the ARN of the solution of a version."""
    return version_arn.rpartition("/")[0]


def version_to_serve(ledger: Ledger) -> str:
    """Return the version that the campaign must serve: the target of a rollback that has begun, or the verified one."""
    change = ledger.get("change")
    if change is not None and change["kind"] == "rollback":
        return change["solutionVersionArn"]
    return ledger["solutionVersionArn"]


def has_begun(ledger: Ledger, kind: str, version_arn: str, by: str | None = None) -> bool:
    """Return whether the ledger has this change, of anybody or of the one named."""
    change = ledger.get("change")
    same = change is not None and (change["kind"], change["solutionVersionArn"]) == (kind, version_arn)
    return change is not None and same and by in (None, change["by"])


def begin(ledger: Ledger, change: Change) -> Ledger:
    """Return the ledger with a change that begins. It replaces another one that has not ended."""
    return {**ledger, "change": change}


def finish(ledger: Ledger, version_arn: str, outcome: Outcome) -> Ledger:
    """Return the ledger after a change: `version_arn` is verified and serves. A second call changes nothing.

    A promotion ends the count of rejections and a pause. A rollback leaves both, because it trains nothing.
    """
    last = _last(outcome)
    if version_arn == ledger["solutionVersionArn"]:
        return abandon({**ledger, "last": last})
    finished: Ledger = {
        "solutionVersionArn": version_arn,
        "metrics": last["metrics"],
        "promotedAt": outcome["when"],
        "previous": ledger["solutionVersionArn"],
        "trainingHours": outcome["trainingHours"],
        "run": outcome["run"],
        "last": last,
    }
    if outcome["outcome"] == "promoted":
        return finished
    kept = {name: value for name, value in ledger.items() if name in ("rejections", "pause")}
    return cast("Ledger", {**finished, **kept})


def abandon(ledger: Ledger) -> Ledger:
    """Return the ledger without the change that had begun: the campaign serves the verified version."""
    return cast("Ledger", {name: value for name, value in ledger.items() if name != "change"})


def note(ledger: Ledger, outcome: Outcome) -> Ledger:
    """Return the ledger with a new newest outcome that changed nothing."""
    return {**ledger, "last": _last(outcome)}


def reject(ledger: Ledger, outcome: Outcome, run: str, limit: int) -> Ledger:
    """Return the ledger after a rejection. A second call for the same run changes nothing.

    With the `limit`-th rejection since the last promotion a pause begins; 0 means never.
    """
    earlier = [name for name in ledger.get("rejections", []) if name != run]
    rejections = [*earlier, run][-_REJECTIONS:]
    noted: Ledger = {**note(ledger, outcome), "rejections": rejections}
    if limit == 0 or len(rejections) < limit or "pause" in ledger:
        return noted
    return {**noted, "pause": {"when": outcome["when"], "run": run, "rejections": len(rejections)}}


def dump(ledger: Ledger) -> str:
    """Return a parameter's value within the limit. If it is too long, the newest outcome is shortened."""
    text = _compact(ledger)
    if len(text.encode()) > LIMIT_BYTES and "last" in ledger:
        last = ledger["last"]
        text = _compact(
            {**ledger, "last": {**last, "metrics": {}, "reason": last["reason"][:_SHORT_REASON_CHARACTERS]}}
        )
    return text


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _last(outcome: Outcome) -> Outcome:
    metrics = {name: round(value, _METRIC_DIGITS) for name, value in outcome["metrics"].items()}
    return {**outcome, "metrics": metrics, "reason": outcome["reason"][:_REASON_CHARACTERS]}
