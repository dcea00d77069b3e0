"""A recursive-descent parser for filter expressions (developer guide, "Filter expression structure and elements").

    filter     = expression { "|" expression }
    expression = ( INCLUDE | EXCLUDE ) ( ItemID | UserID | ActionID ) WHERE any [ IF condition { AND condition } ]
    any        = all { OR all }
    all        = condition { AND condition }
    condition  = name "." name ( [ NOT ] IN list | comparison value )
    list       = "(" value { "," value } ")" | parameter | CurrentItem "." name
    value      = string | number | parameter | CurrentItem "." name | "(" value ")"

Keywords and dataset names are read in any case.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters.syntax import (
    Condition,
    CurrentItem,
    Entity,
    Expression,
    Filter,
    Operator,
    Parameter,
    Value,
)

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>-?\d+(?:\.\d+)?(?![\w.]))
    | (?P<parameter>\$[A-Za-z0-9_]+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<symbol><=|>=|!=|[=<>(),.|*])
    )""",
    re.VERBOSE,
)
_COMPARISONS: tuple[Operator, ...] = ("=", "!=", "<", ">", "<=", ">=")
_ENTITIES: tuple[Entity, ...] = ("ItemID", "UserID", "ActionID")
_DATASETS = {
    name.lower(): name for name in ("Items", "Interactions", "Users", "Actions", "Action_Interactions", "CurrentUser")
}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int


@lru_cache(maxsize=1024)
def parse_filter(text: str) -> Filter:
    """Parse a filter expression.

    Raises:
        InvalidInputError: It is not valid; the message names what was expected and where.
    """
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokenize(text)
        self._position = 0

    def parse(self) -> Filter:
        expressions = [self._expression()]
        while self._accept("|"):
            expressions.append(self._expression())
        if self._peek().kind != "end":
            raise self._expected("AND, OR, IF, | or the end")
        return Filter(tuple(expressions))

    def _expression(self) -> Expression:
        include = self._accept("INCLUDE")
        if not include and not self._accept("EXCLUDE"):
            raise self._expected("INCLUDE or EXCLUDE")
        entity = next((entity for entity in _ENTITIES if self._accept(entity.upper())), None)
        if entity is None:
            raise self._expected("ItemID, UserID or ActionID")
        self._require("WHERE")
        alternatives = [self._all()]
        while self._accept("OR"):
            alternatives.append(self._all())
        return Expression(entity, include, tuple(alternatives), self._all() if self._accept("IF") else ())

    def _all(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("AND"):
            conditions.append(self._condition())
        return tuple(conditions)

    def _condition(self) -> Condition:
        dataset = self._name("a dataset")
        if dataset.lower() not in _DATASETS:
            raise self._expected(f"one of {', '.join(_DATASETS.values())} in place of {dataset}")
        self._require(".")
        field = self._name("a field")
        operator, values = self._comparison()
        return Condition(_DATASETS[dataset.lower()], field, operator, values)

    def _comparison(self) -> tuple[Operator, tuple[Value, ...]]:
        if self._accept("NOT"):
            self._require("IN")
            return "NOT IN", self._list()
        if self._accept("IN"):
            return "IN", self._list()
        for symbol in _COMPARISONS:
            if self._accept(symbol):
                return symbol, (self._value(),)
        raise self._expected("IN, NOT IN or a comparison")

    def _list(self) -> tuple[Value, ...]:
        if self._peek().kind in ("parameter", "name"):
            return (self._value(),)
        self._require("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._require(")")
        return tuple(values)

    def _value(self) -> Value:
        depth = 0
        while self._accept("("):
            depth += 1
        value = self._plain_value()
        for _ in range(depth):
            self._require(")")
        return value

    def _plain_value(self) -> Value:
        if self._accept("CURRENTITEM"):
            self._require(".")
            return CurrentItem(self._name("a field"))
        token = self._peek()
        if token.kind not in ("string", "number", "parameter"):
            raise self._expected('a value: "text", a number, $PARAMETER or CurrentItem.field')
        self._position += 1
        if token.kind == "parameter":
            return Parameter(token.text[1:])
        return float(token.text) if token.kind == "number" else unquote(token.text)

    def _name(self, expected: str) -> str:
        token = self._peek()
        if token.kind != "name":
            raise self._expected(expected)
        self._position += 1
        return token.text

    def _peek(self) -> _Token:
        return self._tokens[self._position]

    def _accept(self, word: str) -> bool:
        token = self._peek()
        found = token.kind in ("name", "symbol") and token.text.upper() == word
        self._position += found
        return found

    def _require(self, word: str) -> None:
        if not self._accept(word):
            raise self._expected(word)

    def _expected(self, expected: str) -> InvalidInputError:
        token = self._peek()
        found = token.text or "the end"
        return InvalidInputError(
            f"The filter expression is not valid: expected {expected} at character {token.start + 1}, found {found}."
        )


def unquote(text: str) -> str:
    """Return the text within double quotes. A backslash escapes the next character."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _tokenize(text: str) -> list[_Token]:
    tokens, position, end = [], 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidInputError(
                f"The filter expression is not valid: unexpected character at character {position + 1}."
            )
        kind = match.lastgroup or ""
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return [*tokens, _Token("end", "", end)]
