"""The verdict as JSON, for the console and for programs, and as a mail for people."""

from collections.abc import Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from animal_recommender.experiments.share_ledger import Ledger, Step
from animal_recommender.experiments.verdict import Comparison, Conclusion, Verdict
from animal_recommender.experiments.words import describe

_WIDTH = 100
_SUBJECT_LIMIT = 100  # SNS: ASCII, no line breaks


def key(experiment: str) -> str:
    """Return the key of the object in the raw bucket."""
    return f"experiments/{experiment}/verdict.json"


def document(verdict: Verdict, ledger: Ledger, judged_at: str) -> dict[str, Any]:
    """Return the verdict as a JSON object. Rates and differences are fractions, times are ISO 8601 in UTC."""
    experiment = verdict.experiment
    return {
        "experiment": experiment.name,
        "function": experiment.function,
        "outcome": experiment.primary_outcome,
        "judgedAt": judged_at,
        "until": str(verdict.until),
        "endDate": str(experiment.end_date),
        "conclusion": str(verdict.conclusion),
        "winner": verdict.winner,
        "sentences": describe(verdict),
        "arms": [_arm(verdict, arm) for arm in experiment.shares],
        "comparisons": [_comparison(one) for one in verdict.comparisons],
        "steps": [step._asdict() for step in ledger.steps],
    }


def _arm(verdict: Verdict, arm: str) -> dict[str, Any]:
    tally = verdict.tallies[arm]
    return {
        "name": arm,
        "share": verdict.experiment.shares[arm],
        "isControl": arm == verdict.experiment.control,
        "visitors": tally.visitors,
        "outcomes": tally.outcomes,
        "rate": asdict(verdict.rates[arm]),
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "arm": one.arm,
        "conclusion": str(one.conclusion),
        "since": one.since and str(one.since),
        "needed": one.needed,
        "looks": [{"day": str(look.day), **asdict(look.difference)} for look in one.looks],
        "secondary": {outcome: asdict(interval) for outcome, interval in one.secondary.items()},
    }


def subject(environment: str, verdict: Verdict, step: Step | None) -> str:
    """Return one line: environment, experiment, conclusion, and what was done."""
    winner = f": {verdict.winner}" if verdict.winner else ""
    done = f"; {step.reason.partition(',')[0]}" if step else ""
    text = f"[{environment}] experiment {verdict.experiment.name} {verdict.conclusion}{winner}{done}"
    line = " ".join(text.encode("ascii", "replace").decode().split())
    return line if len(line) <= _SUBJECT_LIMIT else f"{line[: _SUBJECT_LIMIT - 3]}..."


def body(environment: str, verdict: Verdict, step: Step | None) -> str:
    """Return the whole text: the verdict, the numbers, what was done or is to do, and where to look."""
    experiment = verdict.experiment
    sections = (
        [f'The experiment "{experiment.name}" of the animal recommender ({environment}): {verdict.conclusion}.'],
        ["VERDICT", *_indented(describe(verdict))],
        ["NUMBERS", *_indented(_numbers(verdict))],
        ["WHAT WAS DONE", *_indented([f"The share was {step.reason}." if step else "Nothing."])],
        ["WHAT TO DO", *_indented([_advice(verdict)])],
        [
            "DETAILS",
            *_indented([f"make experiment NAME={experiment.name} ENV={environment} shows the difference over time."]),
        ],
    )
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _indented(texts: list[str]) -> Iterator[str]:
    return (f"  {line}" for text in texts for line in wrap(text, _WIDTH))


def _numbers(verdict: Verdict) -> list[str]:
    return [
        f"{arm}: {tally.outcomes:,} of {tally.visitors:,} visitors have {verdict.experiment.primary_outcome} "
        f"({tally.rate:.2%}, between {verdict.rates[arm].lower:.2%} and {verdict.rates[arm].upper:.2%})"
        for arm, tally in verdict.tallies.items()
    ]


def _advice(verdict: Verdict) -> str:
    experiment = verdict.experiment
    name = experiment.name
    if verdict.conclusion is Conclusion.BETTER:
        by_itself = "The share is raised in steps by itself. Or give" if experiment.act else "Give"
        return f"{by_itself} the arm {verdict.winner} a greater share in experiments.{name}, and apply."
    return {
        Conclusion.WORSE: f"End the experiment: remove experiments.{name} from the tfvars, and apply.",
        Conclusion.NO_DIFFERENCE: f"End the experiment, and keep what is cheaper to run: remove experiments.{name}.",
        Conclusion.BROKEN: "Repair what is named above. Then begin again under a new name: the old figures stay wrong.",
    }.get(verdict.conclusion, "Nothing. Wait for more visitors.")
