"""The syntax tree of a filter expression."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Parameter:
    """A placeholder, `$NAME`. Its values come with the request."""

    name: str


@dataclass(frozen=True)
class CurrentItem:
    """`CurrentItem.field`. Its values are those of the item of the request."""

    field: str


Value = str | float | Parameter | CurrentItem
Entity = Literal["ItemID", "UserID", "ActionID"]
"""What a filter selects."""

Operator = Literal["IN", "NOT IN", "=", "!=", "<", ">", "<=", ">="]


@dataclass(frozen=True)
class Condition:
    """`Dataset.field operator values`. IN has any number of values, a comparison has one."""

    dataset: str
    field: str
    operator: Operator
    values: tuple[Value, ...]

    def parameters(self) -> Iterator[str]:
        """Return the names of its placeholders."""
        return (value.name for value in self.values if isinstance(value, Parameter))


@dataclass(frozen=True)
class Expression:
    """`INCLUDE|EXCLUDE ItemID WHERE ... [IF ...]`, or the same with UserID or ActionID as the `entity`.

    `alternatives` are joined by OR, and the conditions in each by AND. `only_if` has conditions on the current user.
    """

    entity: Entity
    include: bool
    alternatives: tuple[tuple[Condition, ...], ...]
    only_if: tuple[Condition, ...] = ()

    @property
    def dataset(self) -> str:
        """The dataset of all its conditions, e.g. Items or Interactions."""
        return self.alternatives[0][0].dataset

    def conditions(self) -> Iterator[Condition]:
        """Yield all its conditions, those of the IF last."""
        for alternative in self.alternatives:
            yield from alternative
        yield from self.only_if

    def parameters(self) -> set[str]:
        """Return the names of its placeholders."""
        return {name for condition in self.conditions() for name in condition.parameters()}


@dataclass(frozen=True)
class Filter:
    """Expressions joined by `|`."""

    expressions: tuple[Expression, ...]

    @property
    def entity(self) -> Entity:
        """What it selects."""
        return self.expressions[0].entity

    def uses(self, dataset: str) -> bool:
        """Return whether it reads a dataset (Items, Interactions), CurrentUser or CurrentItem."""
        if dataset == "CurrentItem":
            return any(isinstance(value, CurrentItem) for one in self.conditions() for value in one.values)
        return any(condition.dataset == dataset for condition in self.conditions())

    def conditions(self) -> Iterator[Condition]:
        """Yield all conditions of all expressions."""
        for expression in self.expressions:
            yield from expression.conditions()

    def parameters(self) -> set[str]:
        """Return the names of all placeholders."""
        return {name for expression in self.expressions for name in expression.parameters()}
