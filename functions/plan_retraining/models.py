"""The models of a run: what Terraform configured, with what the execution's input overrides."""

from collections.abc import Mapping
from typing import Any

from animal_recommender.retraining.run_state import Model
from animal_recommender.validation import FieldError, Fields, ValidationError

METRICS = (
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
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

_INPUT = ("models", "only", "waiting", "Comment")  # Comment: the Step Functions console puts one into every input
_DEFAULTS = {"trainingMode": "FULL", "monthlyTrainingHours": None, "canaryUserIds": [], "canaryItemIds": []}
_LARGEST = 1e9
_LONGEST_SECONDS = 259200  # three days; the state machine itself ends after seven


def plan_models(configured: list[Mapping[str, Any]], given: object) -> list[Model]:
    """Answer the models of this run.

    `given` is the execution's input: `{}`, or `{"models": {<name>: {<field>: value}}, "only": [<name>]}`, where
    the fields are OVERRIDABLE (and see plan_waiting). Raises ValidationError that names every wrong field and what
    is legal.
    """
    names = [model["name"] for model in configured]
    overrides, only, errors = _read_input(given, names)
    models = [{**_DEFAULTS, **model, **overrides.get(model["name"], {})} for model in configured]
    errors += [error for model in models for error in _check(model)]
    if errors:
        raise ValidationError(errors)
    return [model for model in models if model["name"] in only]


def plan_waiting(configured: Mapping[str, int], given: Mapping[str, Any]) -> dict[str, int]:
    """Answer the pauses and time limits of this run, in seconds; `given["waiting"]` overrides what is configured.

    Raises ValidationError as plan_models does.
    """
    overrides = given.get("waiting") or {}
    if not isinstance(overrides, Mapping):
        raise ValidationError([FieldError("input.waiting", f"must be an object of: {', '.join(configured)}")])
    fields = Fields(overrides, "input.waiting")
    fields.errors += _unknown(overrides, list(configured), "input.waiting")
    waiting = {
        name: fields.integer(name, minimum=1, maximum=_LONGEST_SECONDS, default=seconds) or seconds
        for name, seconds in configured.items()
    }
    fields.finish()
    return waiting


def _read_input(given: object, names: list[str]) -> tuple[dict[str, Any], list[str], list[FieldError]]:
    fields = Fields(given, "input")
    if fields.errors:
        return {}, names, fields.errors
    errors = _unknown(given, _INPUT, "input")
    overrides = {} if fields.raw("models") is None else fields.raw("models")
    if not isinstance(overrides, dict):
        return {}, names, [*errors, FieldError("input.models", "must be an object of model name to overrides")]
    errors += _unknown(overrides, names, "input.models")
    for name, override in overrides.items():
        path = f"input.models.{name}"
        wrong = not isinstance(override, dict)
        errors += [FieldError(path, "must be an object")] if wrong else _unknown(override, OVERRIDABLE, path)
    only = names if fields.raw("only") is None else fields.raw("only")
    if not isinstance(only, list) or not only or any(name not in names for name in only):
        errors.append(FieldError("input.only", f"must be a list of some of: {', '.join(names)}"))
    return (overrides if not errors else {}), only, errors


def _unknown(given: Mapping[str, Any], legal: tuple[str, ...] | list[str], path: str) -> list[FieldError]:
    return [
        FieldError(f"{path}.{name}", f"is unknown; legal: {', '.join(legal)}") for name in given if name not in legal
    ]


def _check(model: Mapping[str, Any]) -> list[FieldError]:
    fields = Fields(model, f"models.{model['name']}")
    _one_of(fields, "kind", ("recommendations", "ranking"))
    _one_of(fields, "metric", METRICS)
    _one_of(fields, "trainingMode", TRAINING_MODES)
    _between(fields, "threshold", -_LARGEST, _LARGEST)
    _between(fields, "minimumCoverage", 0, 1)
    _between(fields, "regressionTolerance", 0, 1)
    fields.integer("minimumNewInteractions", minimum=0, maximum=int(_LARGEST))
    if model["monthlyTrainingHours"] is not None:
        _between(fields, "monthlyTrainingHours", 0, _LARGEST)
    if model.get("kind") == "ranking" and len(model["canaryItemIds"]) < 2:
        fields.refuse("canaryItemIds", "must name at least 2 items, which the canary has ranked")
    return fields.errors


def _one_of(fields: Fields, name: str, legal: tuple[str, ...]) -> None:
    if fields.raw(name) not in legal:
        fields.refuse(name, f"must be one of: {', '.join(legal)}")


def _between(fields: Fields, name: str, minimum: float, maximum: float) -> None:
    value = fields.raw(name)
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    if not (numeric and minimum <= value <= maximum):
        fields.refuse(name, f"must be a number of {minimum:g} to {maximum:g}")
