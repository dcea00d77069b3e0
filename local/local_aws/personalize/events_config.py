"""The events configuration of a solution: from which types of events it learns, and how much an event of each counts.

The rules are those of https://docs.aws.amazon.com/personalize/latest/dg/optimizing-solution-events-config.html
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from local_aws.personalize.avro_schema import Schema
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.recipe import Recipe


def event_parameters(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the list of event parameters in a solutionConfig or solutionUpdateConfig; empty without one."""
    return list((config.get("eventsConfig") or {}).get("eventParametersList") or ())


def check_events_config(config: Mapping[str, Any], recipe: Recipe, schema: Schema | None) -> None:
    """Check the events configuration in a solutionConfig. `schema` is that of the interactions, if there is one.

    Raises:
        InvalidInputError: The recipe takes none, or a training could not use it.
    """
    listed = event_parameters(config)
    if not listed:
        return
    if not recipe.weighs_events:
        raise InvalidInputError(f"The recipe {recipe.name} takes no eventsConfig; recipes whose name ends in -v2 do.")
    _check_list(listed)
    columns = ["EVENT_TYPE", *(["EVENT_VALUE"] if any("eventValueThreshold" in one for one in listed) else [])]
    missing = [name for name in columns if schema is None or schema.field(name) is None]
    if missing:
        raise InvalidInputError(f"eventsConfig needs the column {missing[0]} in the Interactions dataset.")


def _check_list(listed: Sequence[Mapping[str, Any]]) -> None:
    types = [one.get("eventType", "").lower() for one in listed]
    if "" in types:
        raise InvalidInputError("Each of eventParametersList needs an eventType.")
    if len(set(types)) < len(types):
        raise InvalidInputError("eventParametersList must not have the same eventType twice.")
    if all(one.get("weight") == 0 for one in listed):
        raise InvalidInputError("At least one weight in eventParametersList must be above 0.")


def relative_weights(config: Mapping[str, Any], types: Sequence[str | None]) -> dict[str, float] | None:
    """Return what an event of each type that occurs in `types` counts, on average 1; None if no weights are given.

    Only the ratio of the given weights matters, as in the service. A type that is listed without a weight has 1.0, the
    greatest one.
    """
    listed = event_parameters(config)
    if not any("weight" in one for one in listed):
        return None
    given = {one["eventType"].lower(): float(one.get("weight", 1.0)) for one in listed}
    counts = Counter(one for one in types if one is not None and one.lower() in given)
    total = sum(given[one.lower()] * count for one, count in counts.items())
    scale = counts.total() / total if total else 1.0
    return {one: given[one.lower()] * scale for one in counts}


def metric_weights(config: Mapping[str, Any]) -> dict[str, float]:
    """Return the reward of finding an event of each type (in lower case) in the metrics, on average 1 for the types.

    Source: "Measuring performance with event weight configuration": of the weights 0.3 and 0.1, 1.5 and 0.5.
    """
    given = {one["eventType"].lower(): float(one.get("weight", 1.0)) for one in event_parameters(config)}
    mean = sum(given.values()) / len(given) if given else 1.0
    return {name: weight / mean for name, weight in given.items()}
