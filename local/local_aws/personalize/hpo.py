"""Hyperparameter optimization: which values a training tries.

Source: developer guide, "Hyperparameters and HPO". Only hyperparameters that change the model are varied; the others
keep the value of the solution, because every value of them gives the same model here.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.hyperparameters import Hyperparameter
from local_aws.personalize.recipe import Recipe

EFFECTIVE = ("recency_mask", "apply_recency_bias", "popularity_discount_factor", "min_cointeraction_count")
_DEFAULT_JOBS = 20
_MAXIMUM_JOBS, _MAXIMUM_PARALLEL_JOBS = 40, 10
_DRAWS_PER_JOB = 20
_KINDS = ("integerHyperParameterRanges", "continuousHyperParameterRanges", "categoricalHyperParameterRanges")


def check_hpo(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Check the hpoConfig of a solution with performHPO.

    The v2 recipes take none: with automatic training the service tunes them by itself every 90 days.

    Raises:
        InvalidInputError: The recipe has no hyperparameters, or a range or the number of jobs is not valid.
    """
    if not recipe.tunable:
        raise InvalidInputError(f"The recipe {recipe.name} has no hyperparameters to optimize; leave out performHPO.")
    _number("maxNumberOfTrainingJobs", config, _DEFAULT_JOBS, _MAXIMUM_JOBS)
    _number("maxParallelTrainingJobs", config, 1, _MAXIMUM_PARALLEL_JOBS)
    for given in _given_ranges(config):
        known = recipe.tunable.get(given["name"])
        if known is None:
            raise InvalidInputError(f"The recipe {recipe.name} has no hyperparameter {given['name']} to optimize.")
        values = [str(value) for value in given.get("values", (given.get("minValue"), given.get("maxValue")))]
        if problems := [problem for value in values if (problem := known.problem(value))]:
            raise InvalidInputError(f"The hyperparameter {given['name']} {problems[0]}.")
        if given.get("minValue", 0) > given.get("maxValue", 0):
            raise InvalidInputError(f"The range of the hyperparameter {given['name']} is empty.")


def candidates(recipe: Recipe, config: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the distinct values to try, those of the solution or the defaults first."""
    start = recipe.default_hyperparameters() | config.get("algorithmHyperParameters", {})
    varied = {name: one for name, one in recipe.hyperparameters.items() if name in EFFECTIVE}
    ranges = {given["name"]: given for given in _given_ranges(config)}
    draw, jobs = random.Random(0), _number("maxNumberOfTrainingJobs", config, _DEFAULT_JOBS, _MAXIMUM_JOBS)
    found = [start]
    for _ in range(jobs * _DRAWS_PER_JOB):
        drawn = start | {name: _draw(one, ranges.get(name, {}), draw) for name, one in varied.items()}
        if len(found) < jobs and drawn not in found:
            found.append(drawn)
    return found


def _draw(known: Hyperparameter, given: Mapping[str, Any], draw: random.Random) -> str:
    if known.values:
        return str(draw.choice(given.get("values") or known.values))
    low, high = given.get("minValue", known.low), given.get("maxValue", known.high)
    return str(draw.randint(int(low), int(high))) if known.whole else f"{draw.uniform(low, high):.3f}"


def _given_ranges(config: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    ranges = config.get("hpoConfig", {}).get("algorithmHyperParameterRanges", {})
    return [given for kind in _KINDS for given in ranges.get(kind, ()) if "name" in given]


def _number(name: str, config: Mapping[str, Any], default: int, maximum: int) -> int:
    """Return a number of the hpoResourceConfig. How many trainings run at a time has no effect on which one is best."""
    text = config.get("hpoConfig", {}).get("hpoResourceConfig", {}).get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= maximum):
        raise InvalidInputError(f"{name} must lie between 1 and {maximum}, not {text}.")
    return int(text)
