"""Changes of an experiment's shares: recorded before they are made, so that a run that broke off is completed."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from animal_recommender.experiments import share_ledger
from animal_recommender.experiments.definition import (
    ChangedShares,
    Experiment,
    format_changed_shares,
    parse_changed_shares,
)
from animal_recommender.experiments.share_ledger import Ledger, Step
from animal_recommender.experiments.verdict import Verdict
from animal_recommender.observability import logger
from judge_experiments.services import Services
from judge_experiments.steps import Watch, find_deterioration, lowering_step, next_step

if TYPE_CHECKING:
    from collections.abc import Mapping

FOUND, EDITED = "found", "changed in the definition"  # reasons of steps that somebody else made


class _Condition(TypedDict, total=False):
    IfMatch: str
    IfNoneMatch: str


class Actions:
    """The ledger of an experiment in the raw bucket, and its shares in the parameter.

    The ledger is written only over the version that was read or written before: of two runs at once the second fails
    instead of losing what the first one recorded, and its retry finds that.
    """

    def __init__(self, services: Services, bucket: str, parameter: str, defined: Experiment) -> None:
        self._services, self._bucket, self._parameter, self._defined = services, bucket, parameter, defined
        self._key = share_ledger.key(defined.name)
        self._version: str | None = None

    def settle(self, experiment: Experiment, now: datetime) -> tuple[Ledger, Experiment]:
        """Complete a step that has begun, or record that the shares were seen, or that somebody else changed them.

        Return the ledger, and the experiment with the shares that it has then.
        """
        ledger, when = self.read(), now.isoformat(timespec="seconds")
        if ledger.begun is not None and self._is_of_definition(ledger):
            step = ledger.begun._replace(when=when)  # its shares hold from now on at the latest
            return self.take(ledger, step), experiment.with_shares(step.shares)
        if ledger.begun is not None:
            ledger = ledger._replace(steps=ledger.steps[:-1])  # the definition was edited meanwhile, which wins
        elif ledger.steps and dict(ledger.steps[-1].shares) == experiment.shares:
            ledger = ledger.see(when)
            self.write(ledger)
            return ledger, experiment
        ledger = ledger.add(Step(when, experiment.shares, EDITED if ledger.steps else FOUND))
        self.write(ledger)
        return ledger, experiment

    def _is_of_definition(self, ledger: Ledger) -> bool:
        """Return whether the newest shares that somebody defined are still those of the definition."""
        others = [step.shares for step in ledger.steps if step.reason in (FOUND, EDITED)]
        return bool(others) and dict(others[-1]) == self._defined.shares

    def choose(self, verdict: Verdict, ledger: Ledger, watch: Watch | None, now: datetime) -> Step | None:
        """Return the next step: down if something became worse since the share was raised, else up if it is time."""
        if watch is not None and (why := find_deterioration(verdict, watch)):
            return lowering_step(self._defined.shares, why, now)
        return next_step(verdict.experiment, ledger, verdict, now)

    def take(self, ledger: Ledger, step: Step) -> Ledger:
        """Record the step, make it, and record that it is done. A second call makes the same."""
        begun = ledger.add(step._replace(state="begun"))
        self.write(begun)
        self._change(step.shares)
        done = begun.finish()
        self.write(done)
        logger.info("shares changed", extra={"experiment": self._defined.name, "reason": step.reason})
        return done

    def _change(self, shares: "Mapping[str, float]") -> None:
        ssm = self._services.ssm
        changed = parse_changed_shares(ssm.get_parameter(Name=self._parameter)["Parameter"]["Value"])
        changed[self._defined.name] = ChangedShares(shares, self._defined.shares)
        ssm.put_parameter(Name=self._parameter, Value=format_changed_shares(changed), Overwrite=True)

    def read(self) -> Ledger:
        """Return the ledger, an empty one if there is none."""
        s3 = self._services.s3
        if not s3.list_objects_v2(Bucket=self._bucket, Prefix=self._key, MaxKeys=1).get("Contents"):
            self._version = None
            return Ledger()
        found = s3.get_object(Bucket=self._bucket, Key=self._key)
        self._version = found["ETag"]
        return share_ledger.parse(found["Body"].read())

    def write(self, ledger: Ledger) -> None:
        """Replace the ledger that was read.

        Raises:
            botocore.exceptions.ClientError: PreconditionFailed - somebody else has written it since.
        """
        condition: _Condition = {"IfMatch": self._version} if self._version else {"IfNoneMatch": "*"}
        body = share_ledger.dump(ledger).encode()
        written = self._services.s3.put_object(
            Bucket=self._bucket, Key=self._key, Body=body, ContentType="application/json", **condition
        )
        self._version = written["ETag"]
