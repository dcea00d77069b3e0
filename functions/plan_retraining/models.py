"""The models of a run: Terraform's configuration with the overrides in the execution's input."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from animal_recommender.retraining.run_state import Model
from animal_recommender.validation import FieldError, FieldReader, ValidationError

METRICS = (
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
    "trend_prediction_accuracy",  # of Trending-Now only
)
TRAINING_MODES = ("FULL", "UPDATE", "AUTOTRAIN")
OVERRIDABLE = (
    "metric",
    "threshold",
    "minimumCoverage",
    "regressionTolerance",
    "minimumNewInteractions",
    "monthlyTrainingHours",
    "trainingMode",
)

_INPUT = (
    "models",
    "only",
    "waiting",
    "scheduled",
    "Comment",
)  # the Step Functions console puts a Comment into every input
_DEFAULTS: Mapping[str, Any] = {
    "trainingMode": "FULL",
    "threshold": None,
    "popularitySolutionArn": "",
    "monthlyTrainingHours": None,
    "canaryUserIds": [],
    "canaryItemIds": [],
}
_LARGEST = 1e9
_LONGEST_SECONDS = 259200  # three days; the state machine itself ends after seven


class Waiting(TypedDict):
    """How often to check a training and a campaign update, and how long each may take, in seconds."""

    trainingPollSeconds: int
    trainingTimeoutSeconds: int
    campaignPollSeconds: int
    campaignTimeoutSeconds: int


def plan_models(configured: Sequence[Mapping[str, Any]], given: object) -> list[Model]:
    """Return the models of this run.

    `given` is the execution's input: `{}`, or `{"models": {<name>: {<field>: value}}, "only": [<name>]}` with fields
    of OVERRIDABLE (see also plan_waiting).

    Raises:
        ValidationError: Names every wrong field and what is valid there.
    """
    names = [model["name"] for model in configured]
    overrides, only, errors = _read_input(given, names)
    models = [{**_DEFAULTS, **model, **overrides.get(model["name"], {})} for model in configured]
    errors += [error for model in models for error in _errors_of(model)]
    if errors:
        raise ValidationError(errors)
    return [cast("Model", model) for model in models if model["name"] in only]


def plan_waiting(configured: Mapping[str, int], given: object) -> Waiting:
    """Return the pauses and time limits of this run. `waiting` in the execution's input overrides the configured ones.

    Raises:
        ValidationError: Names every wrong field and what is valid there.
    """
    overrides = FieldReader(given).value("waiting") or {}
    if not isinstance(overrides, Mapping):
        raise ValidationError([FieldError("input.waiting", f"must be an object of: {', '.join(configured)}")])
    reader = FieldReader(overrides, "input.waiting")
    reader.errors += _unknown_fields(overrides, list(configured), "input.waiting")
    waiting = {
        name: reader.read_integer(name, minimum=1, maximum=_LONGEST_SECONDS, default=seconds) or seconds
        for name, seconds in configured.items()
    }
    reader.raise_errors()
    return cast("Waiting", waiting)


def read_scheduled(given: object) -> bool:
    """Return whether the schedule started the execution: `{"scheduled": true}` in its input.

    Raises:
        ValidationError: It is something else than true or false.
    """
    scheduled = FieldReader(given).value("scheduled")
    if scheduled is None:
        return False
    if not isinstance(scheduled, bool):
        raise ValidationError([FieldError("input.scheduled", "must be true or false")])
    return scheduled


def _read_input(given: object, names: list[str]) -> tuple[dict[str, Any], list[str], list[FieldError]]:
    reader = FieldReader(given, "input")
    if not isinstance(given, Mapping):
        return {}, names, reader.errors
    errors = _unknown_fields(given, _INPUT, "input")
    overrides = {} if reader.value("models") is None else reader.value("models")
    if not isinstance(overrides, dict):
        return {}, names, [*errors, FieldError("input.models", "must be an object of model name to overrides")]
    errors += _unknown_fields(overrides, names, "input.models")
    for name, override in overrides.items():
        path = f"input.models.{name}"
        wrong = not isinstance(override, dict)
        errors += [FieldError(path, "must be an object")] if wrong else _unknown_fields(override, OVERRIDABLE, path)
    only = names if reader.value("only") is None else reader.value("only")
    if not isinstance(only, list) or not only or any(name not in names for name in only):
        errors.append(FieldError("input.only", f"must be a list of some of: {', '.join(names)}"))
    return (overrides if not errors else {}), only, errors


def _unknown_fields(given: Mapping[str, Any], valid: Sequence[str], path: str) -> list[FieldError]:
    return [
        FieldError(f"{path}.{name}", f"is unknown; valid: {', '.join(valid)}") for name in given if name not in valid
    ]


def _errors_of(model: Mapping[str, Any]) -> list[FieldError]:
    reader = FieldReader(model, f"models.{model['name']}")
    _check_choice(reader, "kind", ("recommendations", "ranking", "similar", "trending"))
    _check_choice(reader, "metric", METRICS)
    _check_choice(reader, "trainingMode", TRAINING_MODES)
    if model["threshold"] is not None:
        _check_range(reader, "threshold", -_LARGEST, _LARGEST)
    _check_range(reader, "minimumCoverage", 0, 1)
    _check_range(reader, "regressionTolerance", 0, 1)
    reader.read_integer("minimumNewInteractions", minimum=0, maximum=int(_LARGEST))
    if model["monthlyTrainingHours"] is not None:
        _check_range(reader, "monthlyTrainingHours", 0, _LARGEST)
    if model.get("kind") == "ranking" and len(model["canaryItemIds"]) < 2:
        reader.add_error("canaryItemIds", "must name at least 2 items for the canary's rankings")
    if model.get("kind") == "similar" and not model["canaryItemIds"]:
        reader.add_error("canaryItemIds", "must name at least 1 item for which the canary asks for similar ones")
    return reader.errors


def _check_choice(reader: FieldReader, name: str, valid: tuple[str, ...]) -> None:
    if reader.value(name) not in valid:
        reader.add_error(name, f"must be one of: {', '.join(valid)}")


def _check_range(reader: FieldReader, name: str, minimum: float, maximum: float) -> None:
    value = reader.value(name)
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if not (numeric and minimum <= value <= maximum):
        reader.add_error(name, f"must be a number of {minimum:g} to {maximum:g}")
