"""The mail on one model's outcome: understood at once, by somebody who does not know the system by heart."""

from collections.abc import Iterator
from datetime import datetime

from animal_recommender.retraining.run_state import metric_label
from report_outcome.outcome import Outcome

_SUBJECT_LIMIT = 100  # SNS: ASCII, no line breaks

_NEWS = {
    "promoted": "was retrained, and its campaign now serves the new version.",
    "rejected": "was retrained, but the new version is not good enough. The campaign serves what it served before.",
    "skipped": "was not retrained in this run. The campaign serves what it served before.",
    "failed": "did not get a new version: this run failed for it.",
}


def subject(environment: str, outcome: Outcome) -> str:
    """Answer one line: environment, model, what happened, and the most telling fact."""
    text = f"[{environment}] {outcome['name']} {outcome['outcome']}: {_headline(outcome)}"
    line = " ".join(text.encode("ascii", "replace").decode().split())
    return line if len(line) <= _SUBJECT_LIMIT else f"{line[: _SUBJECT_LIMIT - 3]}..."


def _headline(outcome: Outcome) -> str:
    if outcome["restored"] is False:
        return "THE PREVIOUS VERSION COULD NOT BE PUT BACK"
    gate = outcome["rules"][0] if outcome["rules"] and outcome["outcome"] == "promoted" else None
    return f"{metric_label(gate['metric'])} {gate['value']:.4f}" if gate else outcome["reason"]


def body(environment: str, outcome: Outcome) -> str:
    """Answer the whole text: what happened, why, the numbers, what to do, and where to look."""
    sections = (
        [f'The model "{outcome["name"]}" of the animal recommender ({environment}) {_NEWS[outcome["outcome"]]}'],
        ["WHY", *_indented([outcome["reason"], *_consequences(outcome)])],
        ["NUMBERS", *_indented(_numbers(outcome))],
        ["WHAT TO DO", *_indented([_advice(environment, outcome)])],
        ["DETAILS", *_indented(_details(outcome))],
    )
    return "\n\n".join("\n".join(section) for section in sections if len(section) > 1 or section is sections[0]) + "\n"


def _indented(lines: list[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _consequences(outcome: Outcome) -> Iterator[str]:
    if outcome["outcome"] == "failed" and outcome["restored"] is None:
        yield "The campaign was not touched: it serves what it served before."
    if outcome["restored"]:
        yield "The previous version serves: nothing is half-promoted."
    if outcome["restored"] is False:
        yield "The previous version could NOT be put back. Check now what the campaign answers."
    if outcome["trainingStopped"]:
        yield "The training was stopped, so that it costs no more."
    if outcome["trainingStopped"] is False:
        yield "The training could NOT be stopped: it may still run, and cost."
    if outcome["automaticTraining"] == "switched off":
        yield "Personalize's automatic training was found on, and has been switched off."


def _numbers(outcome: Outcome) -> list[str]:
    lines = [f"{'ok  ' if rule['passed'] else 'FAIL'}  {rule['text']}" for rule in outcome["rules"]]
    if outcome["newInteractions"] is not None:
        lines.append(
            f"new interactions since the last training ({_moment(outcome['since'])}): {outcome['newInteractions']}"
        )
    if outcome["trainingHours"] is not None:
        lines.append(f"training hours of this version: {outcome['trainingHours']:.3f}")
    if outcome["trainingHoursThisMonth"] is not None:
        lines.append(f"training hours of this model earlier this month: {outcome['trainingHoursThisMonth']:.3f}")
    return lines


def _moment(since: str | None) -> str:
    return f"{datetime.fromisoformat(since):%Y-%m-%d %H:%M %Z}" if since else "never"


def _advice(environment: str, outcome: Outcome) -> str:
    look, again = f"make models ENV={environment}", f"make retrain ENV={environment}"
    back = f"make rollback MODEL={outcome['name']} ENV={environment}"
    if outcome["restored"] is False:
        return f"See what is deployed ({look}), then put the previous version back: {back}"
    if outcome["outcome"] == "skipped" and outcome["automaticTraining"] is None:
        return f"Nothing. The older run goes on, and reports by itself. What is deployed: {look}"
    return {
        "promoted": f"Nothing. If you want the previous version back: {back}",
        "rejected": f"Nothing now. If this repeats, look at the data and at the gate's settings: {look}",
        "skipped": f"Nothing. Too few interactions? {again} ARGS=--force trains all the same. A spent budget is raised "
        "in the tfvars (monthly_training_hours).",
        "failed": f"Mend the cause above, then start a run (or wait for the next): {again}",
    }[outcome["outcome"]]


def _details(outcome: Outcome) -> list[str]:
    facts = (
        ("version of this run", outcome["solutionVersionArn"]),
        ("served before", outcome["previousSolutionVersionArn"]),
        ("serves now", outcome["servedSolutionVersionArn"]),
        ("execution", outcome["executionArn"]),
    )
    return [f"{name:<20}{value}" for name, value in facts if value]
