"""The rules for filters beyond their grammar (developer guide, "Guidelines and requirements")."""

from collections.abc import Callable

from local_aws.personalize.avro_schema import Schema
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters.syntax import CurrentItem, Entity, Expression, Filter

_MAX_FIELDS = 5
_SCHEMAS = {"CurrentUser": "Users"}
"""The dataset that a name in a filter means, if it is another one."""

_DATASETS: dict[Entity, tuple[str, ...]] = {
    "ItemID": ("Items", "Interactions"),
    "UserID": ("Users", "Interactions"),
    "ActionID": ("Actions", "Action_Interactions"),
}


def check_filter(parsed: Filter, schema_of: Callable[[str], Schema | None]) -> None:
    """Check a filter against the schemas of its dataset group, which `schema_of` returns by dataset type.

    Raises:
        InvalidInputError: The filter violates a rule.
    """
    for expression in parsed.expressions:
        if expression.entity != parsed.entity:
            raise InvalidInputError("All expressions of a filter must select the same: ItemID, UserID or ActionID.")
        _check_datasets(expression)
    for condition in parsed.conditions():
        _check_field(condition.dataset, condition.field, schema_of(_SCHEMAS.get(condition.dataset, condition.dataset)))
        for value in condition.values:
            if isinstance(value, CurrentItem):
                _check_field("CurrentItem", value.field, schema_of("Items"))
        if condition.operator == "NOT IN" and any(condition.parameters()):
            raise InvalidInputError("A filter cannot use a parameter with NOT IN; use IN and the opposite action.")
    if len(fields_of(parsed)) > _MAX_FIELDS:
        raise InvalidInputError(f"A filter can use at most {_MAX_FIELDS} distinct dataset fields.")


def fields_of(parsed: Filter) -> set[tuple[str, str]]:
    """Return the distinct (dataset, field) pairs that a filter uses."""
    return {(condition.dataset, condition.field.upper()) for condition in parsed.conditions()}


def _check_datasets(expression: Expression) -> None:
    for alternative in expression.alternatives:
        for condition in alternative:
            if condition.dataset == "CurrentUser":
                raise InvalidInputError("CurrentUser can only be used in the IF condition of a filter.")
            if condition.dataset not in _DATASETS[expression.entity]:
                known = " or ".join(_DATASETS[expression.entity])
                raise InvalidInputError(f"A filter of {expression.entity} can use {known}, not {condition.dataset}.")
            if condition.dataset != expression.dataset:
                raise InvalidInputError("Conditions of one expression must be about one dataset; join two with |.")
    if any(condition.dataset != "CurrentUser" for condition in expression.only_if):
        raise InvalidInputError("The IF condition of a filter can only be about CurrentUser.")


def _check_field(dataset: str, field_name: str, schema: Schema | None) -> None:
    name = f"{dataset}.{field_name}"
    if schema is None:
        raise InvalidInputError(f"The filter uses {name}, but the dataset group has no such dataset.")
    field = next((field for field in schema.fields if field.name.upper() == field_name.upper()), None)
    if dataset.endswith("Interactions") and field_name.upper() != "EVENT_TYPE":
        raise InvalidInputError(f"A filter can only use the EVENT_TYPE of interactions, not {name}.")
    if field is None:
        raise InvalidInputError(f"The filter uses {name}, which the schema does not have.")
    if field.type == "boolean" or field.textual:
        raise InvalidInputError(f"A filter cannot use {name}: it is {'textual' if field.textual else 'boolean'}.")
