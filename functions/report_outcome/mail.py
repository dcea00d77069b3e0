"""The mail about one model's outcome, for a reader who does not know the system well."""

from collections.abc import Iterator
from datetime import datetime
from textwrap import wrap

from animal_recommender.retraining.automatic_updates import describe_standing
from animal_recommender.retraining.run_state import COMPARISON_NOTE, metric_label
from report_outcome.outcome import Outcome

_WIDTH = 100
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
        return "THE VERIFIED VERSION COULD NOT BE RESTORED"
    if outcome["pause"] is not None and _begins_pause(outcome):
        return f"PAUSED after {outcome['pause']['rejections']} rejections in a row: {outcome['reason']}"
    gate = outcome["rules"][0] if outcome["rules"] and outcome["outcome"] == "promoted" else None
    return f"{metric_label(gate['metric'])} {gate['value']:.4f}" if gate else outcome["reason"]


def _begins_pause(outcome: Outcome) -> bool:
    return outcome["pause"] is not None and outcome["pause"]["run"] == outcome["run"]


def body(environment: str, outcome: Outcome) -> str:
    """Return the whole text: what happened, why, the numbers, what to do, and where to look."""
    sections = (
        [f'The model "{outcome["name"]}" of the animal recommender ({environment}) {_NEWS[outcome["outcome"]]}'],
        ["WHY", *_indented([outcome["reason"], *_consequences(outcome)])],
        ["NUMBERS", *_indented(_numbers(outcome))],
        ["WHAT THE NUMBERS SAY", *_indented(wrap(COMPARISON_NOTE, _WIDTH) if outcome["rules"] else [])],
        ["WHAT TO DO", *_indented([_advice(environment, outcome)])],
        ["DETAILS", *_indented(_details(outcome))],
    )
    return "\n\n".join("\n".join(section) for section in sections if len(section) > 1 or section is sections[0]) + "\n"


def _indented(lines: list[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _consequences(outcome: Outcome) -> Iterator[str]:
    if outcome["outcome"] == "failed" and outcome["restored"] is None:
        yield "The campaign was not changed. It serves what it served before."
    if outcome["repaired"]:
        yield "Before this run the campaign served a version that was not verified. The run restored the verified one."
    if outcome["restored"]:
        yield "The campaign serves the previous version again."
    if outcome["restored"] is False:
        yield "The verified version could NOT be restored. Check now what the campaign recommends."
    if outcome["trainingStopped"]:
        yield "The training was stopped, so it costs nothing more."
    if outcome["trainingStopped"] is False:
        yield "The training could NOT be stopped. It may still be running and cost money."
    if outcome["automaticTraining"] == "switched off":
        yield "Personalize's automatic training was on. This run switched it off."
    yield from _standing(outcome)
    yield from _pause(outcome)


def _standing(outcome: Outcome) -> Iterator[str]:
    standing = outcome["standing"]
    if standing is not None and (text := describe_standing(standing)):
        yield text


def _pause(outcome: Outcome) -> Iterator[str]:
    pause = outcome["pause"]
    if pause is not None and _begins_pause(outcome):
        yield (
            f"{pause['rejections']} versions in a row were rejected, and each training costs money. So scheduled runs "
            "no longer train this model."
        )
    elif pause is not None:
        yield f"Scheduled runs do not train this model since {_date(pause['when'])}."


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
        return f"See what is deployed ({show_models}), then restore the verified version: {roll_back}"
    if outcome["pause"] is not None and outcome["outcome"] in ("rejected", "skipped"):
        return (
            f"Find out why versions are rejected: is enough new data arriving, are the gate's settings right? See "
            f"{show_models}. Then start a run by hand, which trains in spite of the pause: {retrain} "
            f"ARGS='--model {outcome['name']}'. A promotion ends the pause."
        )
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
