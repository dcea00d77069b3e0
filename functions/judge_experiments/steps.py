"""How the share of an arm that is better is raised in steps, and when it is lowered again. Nothing here calls AWS."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from animal_recommender.experiments.definition import Experiment
from animal_recommender.experiments.share_ledger import Ledger, Step
from animal_recommender.experiments.statistics import Interval
from animal_recommender.experiments.verdict import Verdict

LADDER = (0.25, 0.5, 0.75, 0.95)
"""The shares of the winner. The others keep a twentieth: without them nobody could see that the winner deteriorates."""

PAUSE = timedelta(days=2)  # between two steps, so that each is watched for a day at least
MOST_ERRORS = 0.01  # of the function's invocations
MOST_DEGRADED, DEGRADED_ANSWERS = 0.05, 100  # of the arm's answers; below this number of answers nothing is said
SLOWER = 1.5  # times the duration before the step

RAISED, LOWERED = "raised", "lowered"  # how the reason of a step begins


class Watch(NamedTuple):
    """What happened since the newest step.

    `errors` is the part of the function's invocations that failed, `slower` how many times longer they took than before
    (None if one of both is not known), `answers` and `degraded` are the winner's. `outcomes` is the difference of the
    visitors who came since.
    """

    errors: float
    slower: float | None
    answers: int
    degraded: int
    outcomes: Interval


def find_raising(ledger: Ledger) -> Step | None:
    """Return the newest step that raised a share, None if there is none or it was lowered since."""
    own = _own_steps(ledger)
    return own[0] if own and own[0].reason.startswith(RAISED) else None


def find_raised_arm(ledger: Ledger) -> str:
    """Return the arm whose share the newest step raised: it grew most in relation to the share before.

    The step before is not the first one if a person edited the shares since.
    """
    before, raised = (step.shares for step in ledger.steps[-2:])
    return max(raised, key=lambda arm: raised[arm] / (before.get(arm) or 1e-9))


def _own_steps(ledger: Ledger) -> list[Step]:
    """Return the steps since a person last defined the shares, newest first."""
    return list(takewhile(lambda step: step.reason.startswith((RAISED, LOWERED)), reversed(ledger.steps)))


def next_step(experiment: Experiment, ledger: Ledger, verdict: Verdict, now: datetime) -> Step | None:
    """Return the step that raises the share of the arm that is better, None if there is nothing to raise.

    After a share was lowered nothing is raised until a person changes the shares in the definition.
    """
    raised, winner = find_raising(ledger), verdict.winner
    was_lowered = any(step.reason.startswith(LOWERED) for step in _own_steps(ledger))
    too_soon = raised is not None and now - datetime.fromisoformat(raised.when) < PAUSE
    if winner is None or was_lowered or too_soon or now.date() > experiment.end_date:
        return None
    higher = [share for share in LADDER if share > experiment.shares[winner] + 1e-9]
    if not higher:
        return None
    reason = f"{RAISED} {winner} to {higher[0]:.0%}, because it is better than {experiment.control}"
    return Step(now.isoformat(timespec="seconds"), _with_share(experiment.shares, winner, higher[0]), reason, "begun")


def _with_share(shares: Mapping[str, float], arm: str, share: float) -> dict[str, float]:
    """Return the shares with that of one arm changed; the others keep their proportions."""
    others = sum(value for name, value in shares.items() if name != arm)
    return {name: share if name == arm else round(value / others * (1 - share), 6) for name, value in shares.items()}


def lowering_step(defined: Mapping[str, float], why: str, now: datetime) -> Step:
    """Return the step that brings back the shares of the definition."""
    reason = f"{LOWERED} to the shares of the definition, because {why}"
    return Step(now.isoformat(timespec="seconds"), dict(defined), reason, "begun")


def find_deterioration(verdict: Verdict, watch: Watch) -> str | None:
    """Return in words what became worse since a share was raised, None if nothing did."""
    if verdict.reasons:
        return f"the figures are broken: {verdict.reasons[0]}"
    if watch.outcomes.upper < 0:
        return f"fewer visitors have {verdict.experiment.primary_outcome} since then than in the control"
    if watch.answers >= DEGRADED_ANSWERS and watch.degraded / watch.answers > MOST_DEGRADED:
        return f"{watch.degraded / watch.answers:.0%} of its answers showed something else since then"
    if watch.errors > MOST_ERRORS:
        return f"{watch.errors:.1%} of the requests failed since then"
    if watch.slower is not None and watch.slower > SLOWER:
        return f"requests take {watch.slower:.1f} times as long as before"
    return None
