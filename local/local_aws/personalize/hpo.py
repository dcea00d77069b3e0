"""Hyperparameter optimization: which values a training tries.

Source: developer guide, "Hyperparameters and HPO". Only hyperparameters that change the model are varied; the others
keep the value of the solution, because every value of them gives the same model here.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.recipes import Hyperparameter, Recipe

EFFECTIVE = ("recency_mask", "apply_recency_bias", "popularity_discount_factor", "min_cointeraction_count")
_DEFAULT_JOBS = 20
_MAXIMUM_JOBS = 40
_DRAWS_PER_JOB = 20
_KINDS = ("integerHyperParameterRanges", "continuousHyperParameterRanges", "categoricalHyperParameterRanges")


def check_hpo(recipe: Recipe, config: Mapping[str, Any]) -> None:
    """Check the hpoConfig of a solution with performHPO.

    Raises:
        InvalidInputError: The recipe has no hyperparameters, or a range or the number of jobs is not valid.
    """
    if not recipe.hyperparameters:
        raise InvalidInputError(f"The recipe {recipe.name} has no hyperparameters to optimize; leave out performHPO.")
    _number_of_jobs(config)
    for given in _given_ranges(config):
        known = recipe.hyperparameters.get(given["name"])
        if known is None:
            raise InvalidInputError(f"The recipe {recipe.name} has no hyperparameter {given['name']}.")
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
    draw, jobs = random.Random(0), _number_of_jobs(config)
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


def _number_of_jobs(config: Mapping[str, Any]) -> int:
    text = config.get("hpoConfig", {}).get("hpoResourceConfig", {}).get("maxNumberOfTrainingJobs", str(_DEFAULT_JOBS))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MAXIMUM_JOBS):
        raise InvalidInputError(f"maxNumberOfTrainingJobs must lie between 1 and {_MAXIMUM_JOBS}, not {text}.")
    return int(text)
