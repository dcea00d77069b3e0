"""The mail about one model's outcome, for a reader who does not know the system well."""

from collections.abc import Iterator
from datetime import datetime

from animal_recommender.retraining.run_state import metric_label
from report_outcome.outcome import Outcome

_SUBJECT_LIMIT = 100  # SNS: ASCII, no line breaks

_NEWS = {
    "promoted": "was retrained, and its campaign now serves the new version.",
    "rejected": "was retrained, but the new version is not good enough. The campaign serves what it served before.",
    "skipped": "was not retrained in this run. The campaign serves what it served before.",
    "failed": "has no new version, because this run failed.",
}


def subject(environment: str, outcome: Outcome) -> str:
    """Return one line: environment, model, what happened, and the most important fact."""
    text = f"[{environment}] {outcome['name']} {outcome['outcome']}: {_headline(outcome)}"
    line = " ".join(text.encode("ascii", "replace").decode().split())
    return line if len(line) <= _SUBJECT_LIMIT else f"{line[: _SUBJECT_LIMIT - 3]}..."


def _headline(outcome: Outcome) -> str:
    if outcome["restored"] is False:
        return "THE PREVIOUS VERSION COULD NOT BE RESTORED"
    gate = outcome["rules"][0] if outcome["rules"] and outcome["outcome"] == "promoted" else None
    return f"{metric_label(gate['metric'])} {gate['value']:.4f}" if gate else outcome["reason"]


def body(environment: str, outcome: Outcome) -> str:
    """Return the whole text: what happened, why, the numbers, what to do, and where to look."""
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
        yield "The campaign was not changed. It serves what it served before."
    if outcome["restored"]:
        yield "The campaign serves the previous version again."
    if outcome["restored"] is False:
        yield "The previous version could NOT be restored. Check now what the campaign recommends."
    if outcome["trainingStopped"]:
        yield "The training was stopped, so it costs nothing more."
    if outcome["trainingStopped"] is False:
        yield "The training could NOT be stopped. It may still be running and cost money."
    if outcome["automaticTraining"] == "switched off":
        yield "Personalize's automatic training was on. This run switched it off."


def _numbers(outcome: Outcome) -> list[str]:
    lines = [f"{'ok  ' if rule['passed'] else 'FAIL'}  {rule['text']}" for rule in outcome["rules"]]
    if outcome["newInteractions"] is not None:
        lines.append(
            f"new interactions since the last training ({_date(outcome['since'])}): {outcome['newInteractions']}"
        )
    if outcome["trainingHours"] is not None:
        lines.append(f"training hours of this version: {outcome['trainingHours']:.3f}")
    if outcome["trainingHoursThisMonth"] is not None:
        lines.append(f"training hours of this model earlier this month: {outcome['trainingHoursThisMonth']:.3f}")
    return lines


def _date(since: str | None) -> str:
    return f"{datetime.fromisoformat(since):%Y-%m-%d %H:%M %Z}" if since else "never"


def _advice(environment: str, outcome: Outcome) -> str:
    show_models, retrain = f"make models ENV={environment}", f"make retrain ENV={environment}"
    roll_back = f"make rollback MODEL={outcome['name']} ENV={environment}"
    if outcome["restored"] is False:
        return f"See what is deployed ({show_models}), then restore the previous version: {roll_back}"
    if outcome["outcome"] == "skipped" and outcome["automaticTraining"] is None:
        return f"Nothing. The older run continues and sends its own mail. To see what is deployed: {show_models}"
    return {
        "promoted": f"Nothing. To restore the previous version: {roll_back}",
        "rejected": f"Nothing now. If this happens again, check the data and the gate's settings: {show_models}",
        "skipped": f"Nothing. To train in spite of too few interactions: {retrain} ARGS=--force. If the budget is used "
        "up, you can raise monthly_training_hours in the tfvars.",
        "failed": f"Remove the cause above, then start a run (or wait for the next one): {retrain}",
    }[outcome["outcome"]]


def _details(outcome: Outcome) -> list[str]:
    facts = (
        ("version of this run", outcome["solutionVersionArn"]),
        ("served before", outcome["previousSolutionVersionArn"]),
        ("serves now", outcome["servedSolutionVersionArn"]),
        ("execution", outcome["executionArn"]),
    )
    return [f"{name:<20}{value}" for name, value in facts if value]
