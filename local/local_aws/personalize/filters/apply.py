"""Applying a filter: which items it leaves for a user."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters.parser import unquote
from local_aws.personalize.filters.syntax import Condition, Expression, Filter, Parameter
from local_aws.recommender import Event

_CACHED_ANSWERS = 1000
_PER_EVENT_TYPE = 100
"""Filters consider this many of a user's newest interactions of each event type (documented quota)."""

_GIVEN_VALUE = re.compile(r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?))\s*(?:,|$)')
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda held, wanted: held == wanted,
    "!=": lambda held, wanted: held != wanted,
    "<": lambda held, wanted: held < wanted,
    ">": lambda held, wanted: held > wanted,
    "<=": lambda held, wanted: held <= wanted,
    ">=": lambda held, wanted: held >= wanted,
}


@dataclass
class ItemIndex:
    """The items of a catalogue as filters see them; answers are kept, so that a repeated condition costs nothing."""

    records: Mapping[str, Mapping[str, Any]]
    _answers: dict[Any, frozenset[str]] = field(default_factory=dict)

    def matching(self, condition: Condition, values: tuple[str | float, ...]) -> frozenset[str]:
        """Items that meet the condition."""
        key = (condition.field.upper(), condition.operator, values)
        held = self._answers.get(key)
        if held is None:
            if len(self._answers) >= _CACHED_ANSWERS:
                self._answers.clear()
            name = condition.field.upper()
            held = frozenset(
                i for i, record in self.records.items() if _meets(_folded(record, name), condition, values)
            )
            self._answers[key] = held
        return held


@dataclass(frozen=True)
class FilterContext:
    """For whom a filter is applied: the catalogue, the user's newest events and own record, the request's values."""

    index: ItemIndex
    candidates: Callable[[], Collection[str]]
    history: Sequence[Event]
    user: Mapping[str, Any] | None
    values: Mapping[str, str]


def allowed_items(parsed: Filter, context: FilterContext) -> frozenset[str]:
    """The items that may be recommended.

    INCLUDE expressions add up, EXCLUDE expressions add up, and the second are taken from the first. Raises
    InvalidInputError where the request lacks a parameter of an INCLUDE; an EXCLUDE without its parameter is left out.
    """
    given = {name: _given_values(name, text) for name, text in context.values.items()}
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
        # A filter that is not for this user neither includes nor excludes: it leaves everything as it is.
        return set(context.candidates()) if expression.include else set()
    found: set[str] = set()
    for alternative in expression.alternatives:
        sets = [_items_meeting(condition, context, _bind(condition, given)) for condition in alternative]
        found |= set.intersection(*map(set, sets))
    return found


def _items_meeting(condition: Condition, context: FilterContext, values: tuple[str | float, ...]) -> Collection[str]:
    if condition.dataset == "Items":
        return context.index.matching(condition, values)
    types = {str(value).lower() for value in values}
    return _interacted(context.history, types, negated=condition.operator in ("NOT IN", "!="))


def _interacted(history: Sequence[Event], types: set[str], *, negated: bool) -> set[str]:
    seen: dict[str, int] = {}
    found = set()
    for event in reversed(history):
        name = (event.event_type or "").lower()
        seen[name] = seen.get(name, 0) + 1
        if seen[name] <= _PER_EVENT_TYPE and (("*" in types or name in types) != negated):
            found.add(event.item_id)
    return found


def _user_meets(
    condition: Condition, user: Mapping[str, Any] | None, given: Mapping[str, tuple[str | float, ...]]
) -> bool:
    return _meets(_folded(user or {}, condition.field.upper()), condition, _bind(condition, given))


def _bind(condition: Condition, given: Mapping[str, tuple[str | float, ...]]) -> tuple[str | float, ...]:
    bound: list[str | float] = []
    for value in condition.values:
        bound.extend(given[value.name] if isinstance(value, Parameter) else (value,))
    return tuple(bound)


def _folded(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    return next((value for column, value in record.items() if column.upper() == name), None)


def _meets(held: Any, condition: Condition, values: tuple[str | float, ...]) -> bool:
    if condition.operator in ("IN", "NOT IN"):
        inside = "*" in values or any(part in values for part in _parts(held))
        return inside == (condition.operator == "IN")
    return held is not None and any(_compares(held, condition.operator, value) for value in values)


def _parts(held: Any) -> Sequence[Any]:
    if held is None:
        return ()
    return held.split("|") if isinstance(held, str) else (held,)


def _compares(held: Any, operator: str, wanted: str | float) -> bool:
    if isinstance(held, str) != isinstance(wanted, str):
        held, wanted = str(held), str(wanted)
    return _COMPARE[operator](held, wanted)


def _given_values(name: str, text: str) -> tuple[str | float, ...]:
    values: list[str | float] = []
    place = 0
    while place < len(text):
        match = _GIVEN_VALUE.match(text, place)
        if match is None:
            raise InvalidInputError(
                f'The value of {name} must be "text" in double quotes or a number, or several by comma.'
            )
        values.append(unquote(match["string"]) if match["string"] else float(match["number"]))
        place = match.end()
    if not values:
        raise InvalidInputError(f"The value of {name} is empty.")
    return tuple(values)
