"""Apply a filter: find the items that it allows for a user."""

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters.parser import unquote
from local_aws.personalize.filters.syntax import Condition, CurrentItem, Expression, Filter, Parameter
from local_aws.recommender import Event

_MAX_CACHED_RESULTS = 1000
EVENTS_PER_TYPE = 100
"""Filters read this many of the newest interactions of a user with each event type (documented quota)."""

_PARAMETER_VALUE = re.compile(r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?))\s*(?:,|$)')
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass
class ItemIndex:
    """The items of a catalogue for filters. Results are cached, so a repeated condition costs nothing."""

    records: Mapping[str, Mapping[str, Any]]
    _results: dict[Any, frozenset[str]] = field(default_factory=dict)

    def matching(self, condition: Condition, values: tuple[str | float, ...]) -> frozenset[str]:
        """Return the items that meet the condition."""
        key = (condition.field.upper(), condition.operator, values)
        result = self._results.get(key)
        if result is None:
            if len(self._results) >= _MAX_CACHED_RESULTS:
                self._results.clear()
            name = condition.field.upper()
            result = frozenset(
                item for item, record in self.records.items() if _meets(_column(record, name), condition, values)
            )
            self._results[key] = result
        return result


@dataclass(frozen=True)
class FilterContext:
    """The input of a filter: the catalogue, the newest events and the record of the user, the values of the request.

    For a filter of users or actions these take the place of the items, in the catalogue and in the events.
    """

    index: ItemIndex
    candidates: Callable[[], Collection[str]]
    history: Sequence[Event]
    user: Mapping[str, Any] | None
    values: Mapping[str, str]
    item: Mapping[str, Any] | None = None
    """The record of the item of the request, for related items."""
    events_per_type: int = EVENTS_PER_TYPE
    """How many of the newest events of each type are read."""


def allowed_items(parsed: Filter, context: FilterContext) -> frozenset[str]:
    """Return the items that may be recommended.

    They are the union of the INCLUDE expressions without the union of the EXCLUDE expressions. An EXCLUDE expression
    whose parameter the request does not have is ignored.

    Raises:
        InvalidInputError: The request does not have a parameter of an INCLUDE expression, or has an unknown one.
    """
    given = {name: _parse_values(name, text) for name, text in context.values.items()}
    unknown = set(given) - parsed.parameters()
    if unknown:
        raise InvalidInputError(f"The filter has no parameter {', '.join(sorted(unknown))}.")
    included: set[str] | None = None
    excluded: set[str] = set()
    for expression in parsed.expressions:
        if missing := expression.parameters() - set(given):
            if expression.include:
                raise InvalidInputError(f"The filter needs a value for {', '.join(sorted(missing))}.")
            continue
        found = _items_of(expression, context, given)
        if expression.include:
            included = (included or set()) | found
        else:
            excluded |= found
    return frozenset(context.candidates() if included is None else included) - excluded


def _items_of(expression: Expression, context: FilterContext, given: Mapping[str, tuple[str | float, ...]]) -> set[str]:
    if not all(_user_meets(condition, context.user, given) for condition in expression.only_if):
        # An expression that does not apply to this user has no effect.
        return set(context.candidates()) if expression.include else set()
    found: set[str] = set()
    for alternative in expression.alternatives:
        sets = [_items_meeting(condition, context, _bind(condition, given, context.item)) for condition in alternative]
        found |= set.intersection(*map(set, sets))
    return found


def _items_meeting(condition: Condition, context: FilterContext, values: tuple[str | float, ...]) -> Collection[str]:
    if not condition.dataset.endswith("Interactions"):
        return context.index.matching(condition, values)
    types = {str(value).lower() for value in values}
    return _interacted_items(context, types, negated=condition.operator in ("NOT IN", "!="))


def _interacted_items(context: FilterContext, types: set[str], *, negated: bool) -> set[str]:
    seen: dict[str, int] = {}
    found = set()
    for event in reversed(context.history):
        name = (event.event_type or "").lower()
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= context.events_per_type and (("*" in types or name in types) != negated):
            found.add(event.item_id)
    return found


def _user_meets(
    condition: Condition, user: Mapping[str, Any] | None, given: Mapping[str, tuple[str | float, ...]]
) -> bool:
    return _meets(_column(user or {}, condition.field.upper()), condition, _bind(condition, given, None))


def _bind(
    condition: Condition, given: Mapping[str, tuple[str | float, ...]], item: Mapping[str, Any] | None
) -> tuple[str | float, ...]:
    bound: list[str | float] = []
    for value in condition.values:
        if isinstance(value, Parameter):
            bound.extend(given[value.name])
        elif isinstance(value, CurrentItem):
            bound.extend(_parts(_column(item or {}, value.field.upper())))
        else:
            bound.append(value)
    return tuple(bound)


def _column(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    return next((value for column, value in record.items() if column.upper() == name), None)


def _meets(value: Any, condition: Condition, values: tuple[str | float, ...]) -> bool:
    if condition.operator in ("IN", "NOT IN"):
        inside = "*" in values or any(part in values for part in _parts(value))
        return inside == (condition.operator == "IN")
    if isinstance(value, str) and condition.operator in ("=", "!="):
        # As with IN, one of several categories is enough: ITEMS.genres = "Comedy" AND ITEMS.genres = "Action".
        return any(str(other) in _parts(value) for other in values) == (condition.operator == "=")
    return value is not None and any(_compare(value, condition.operator, other) for other in values)


def _parts(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value.split("|") if isinstance(value, str) else (value,)


def _compare(value: Any, symbol: str, other: Any) -> bool:
    if isinstance(value, str) != isinstance(other, str):
        value, other = str(value), str(other)
    return _COMPARE[symbol](value, other)


def _parse_values(name: str, text: str) -> tuple[str | float, ...]:
    values: list[str | float] = []
    position = 0
    while position < len(text):
        match = _PARAMETER_VALUE.match(text, position)
        if match is None:
            raise InvalidInputError(
                f'The value of {name} must be "text" in double quotes or a number, or several by comma.'
            )
        values.append(unquote(match["string"]) if match["string"] else float(match["number"]))
        position = match.end()
    if not values:
        raise InvalidInputError(f"The value of {name} is empty.")
    return tuple(values)
