"""The ledger of an experiment: which shares its arms had since when, and why they were changed.

It is a JSON object in the raw bucket, `experiments/<name>/ledger.json`. A change is recorded before it is made, as one
that has begun, and again when it is done: so whoever finds a change that has only begun makes it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, TypedDict, cast

from animal_recommender.experiments.defects import Shares


class Step(NamedTuple):
    """Shares that hold since `when` (ISO 8601, UTC), and why. Those of a step that has `begun` may not hold yet.

    `seen` is when they were last seen to hold, "" if not again since `when`.
    """

    when: str
    shares: Mapping[str, float]
    reason: str
    state: Literal["begun", "done"] = "done"
    seen: str = ""

    @property
    def day(self) -> date:
        """The day of the change (UTC)."""
        return datetime.fromisoformat(self.when).date()

    @property
    def seen_day(self) -> date:
        """The day on which the shares were last seen (UTC)."""
        return datetime.fromisoformat(self.seen or self.when).date()


class Ledger(NamedTuple):
    """The steps of an experiment, oldest first, and the conclusion of the newest mail about it ("" for none)."""

    steps: tuple[Step, ...] = ()
    mailed: str = ""

    @property
    def begun(self) -> Step | None:
        """The newest step if it has only begun."""
        return self.steps[-1] if self.steps and self.steps[-1].state == "begun" else None

    def add(self, step: Step) -> Ledger:
        """Return the ledger with one more step, in place of one that has only begun."""
        kept = self.steps[:-1] if self.begun else self.steps
        return self._replace(steps=(*kept, step))

    def see(self, when: str) -> Ledger:
        """Return the ledger after the shares of the newest step were seen again."""
        return self._replace(steps=(*self.steps[:-1], self.steps[-1]._replace(seen=when)))

    def finish(self) -> Ledger:
        """Return the ledger after the step that has begun is done."""
        return self if self.begun is None else self.add(self.begun._replace(state="done"))


class _Document(TypedDict):
    steps: Sequence[Mapping[str, object]]
    mailed: str


def key(experiment: str) -> str:
    """Return the key of the object."""
    return f"experiments/{experiment}/ledger.json"


def parse(text: str | bytes) -> Ledger:
    """Parse the object.

    Raises:
        ValueError: It is something else.
    """
    try:
        document = cast("_Document", json.loads(text))
        steps = tuple(Step(**step) for step in document["steps"])  # type: ignore[arg-type]
        return Ledger(steps, document["mailed"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"a ledger of an experiment has another form: {error!r}") from error


def dump(ledger: Ledger) -> str:
    """Return the text that `parse` reads."""
    return json.dumps({"steps": [step._asdict() for step in ledger.steps], "mailed": ledger.mailed}, indent=2)


def list_shares(ledger: Ledger) -> list[Shares]:
    """Return which shares were seen from when to when, for the test of the shares.

    Nobody knows what held before the first look, and between a look and another one that found other shares.
    """
    return [Shares(step.day, step.seen_day, step.shares) for step in ledger.steps]
