"""JMESPath expressions of mappings, with functions that JMESPath lacks. jmespath comes with botocore.

- `split(text, separator)`: the parts of a text, without spaces around them
- `replace(text, old, new)`
- `lower(text)`
- `date(text, format)`: an ISO 8601 date, e.g. of `date(born, '%m/%d/%Y')`

Each returns null for null, so that a missing value stays missing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from jmespath import Options, compile  # type: ignore[import-untyped]
from jmespath.functions import Functions, signature  # type: ignore[import-untyped]

Method = TypeVar("Method", bound=Callable[..., Any])
_TEXT = {"types": ["string"]}
_TEXT_OR_NULL = {"types": ["string", "null"]}


def _signature(*types: dict[str, list[str]]) -> Callable[[Method], Method]:
    """Return JMESPath's decorator for the types of a function's arguments, with a type of its own."""
    decorate: Callable[[Method], Method] = signature(*types)
    return decorate


class _MoreFunctions(Functions):  # type: ignore[misc]
    @_signature(_TEXT_OR_NULL, _TEXT)
    def _func_split(self, text: str | None, separator: str) -> list[str] | None:
        return None if text is None else [part.strip() for part in text.split(separator)]

    @_signature(_TEXT_OR_NULL, _TEXT, _TEXT)
    def _func_replace(self, text: str | None, old: str, new: str) -> str | None:
        return None if text is None else text.replace(old, new)

    @_signature(_TEXT_OR_NULL)
    def _func_lower(self, text: str | None) -> str | None:
        return None if text is None else text.lower()

    @_signature(_TEXT_OR_NULL, _TEXT)
    def _func_date(self, text: str | None, form: str) -> str | None:
        return None if not text else datetime.strptime(text, form).date().isoformat()


_OPTIONS = Options(custom_functions=_MoreFunctions())


class Expression:
    """A compiled expression."""

    def __init__(self, text: str) -> None:
        self._compiled = compile(text)

    def search(self, value: Any) -> Any:
        """Return what the expression finds in a value.

        Raises:
            JMESPathError: The expression does not fit the value, e.g. joins a number.
            ValueError: A date has another format.
        """
        return self._compiled.search(value, _OPTIONS)


def compile_expression(text: str) -> Expression:
    """Compile an expression.

    Raises:
        JMESPathError: The text is none.
    """
    return Expression(text)
