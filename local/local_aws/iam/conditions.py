"""The Condition element of a policy. Pure: no AWS, no moto.

Rules: IAM user guide, "IAM JSON policy elements: Condition operators" and "Creating a condition with multiple keys or
values". An unknown operator or key is an error that names it; it is never treated as true or false.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

Context = Mapping[str, str | Sequence[str]]
"""The context of a request: condition key in lower case -> its value or values. An absent key is not present."""

_Test = Callable[[str, str], bool]
_QUANTIFIERS = ("ForAllValues:", "ForAnyValue:")
_IF_EXISTS = "IfExists"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = {"*": "*", "?": "?", "$": "$"}
# Characters for escaped wildcards, from the private use area: no real text contains them.
_ESCAPED = {"*": "\ue000", "?": "\ue001"}
# Keys for which the local AWS knows whether they are present. For others it would have to guess.
_KNOWN_KEYS = re.compile(
    r"aws:(currenttime|epochtime|principalaccount|principalarn|principalisawsservice|principalservicename|"
    r"principaltype|requestedregion|securetransport|sourceaccount|sourcearn|sourceowner|userid|username|viaawsservice)"
    r"|kms:(calleraccount|viaservice|encryptioncontextkeys|encryptioncontext:.+)"
    r"|s3:(prefix|x-amz-server-side-encryption|x-amz-server-side-encryption-aws-kms-key-id)"
    r"|iam:passedtoservice|lambda:functionarn|sts:externalid"
)


class UnsupportedPolicyError(NotImplementedError):
    """A policy uses something that the local AWS does not evaluate."""


class Condition:
    """One operator with one key, as in `{"StringEquals": {"aws:SourceAccount": ["1", "2"]}}`."""

    def __init__(self, operator: str, key: str, values: Sequence[str]) -> None:
        """Read it; an unknown operator or key is an error only when a decision depends on it."""
        self.operator, self.key, self.values = operator, key.lower(), tuple(values)
        self._every = operator.startswith(_QUANTIFIERS[0])
        plain = operator.split(":", 1)[1] if operator.startswith(_QUANTIFIERS) else operator
        self._if_exists = plain.endswith(_IF_EXISTS)
        plain = plain.removesuffix(_IF_EXISTS)
        self._is_null = plain == "Null"
        self._unknown = ""
        if not self._is_null and plain not in _TESTS:
            self._unknown = f"operator {operator}"
        elif not _KNOWN_KEYS.fullmatch(self.key):
            self._unknown = f"key {key}"
        self._test, self._negated = _TESTS.get(plain, (_equal, False))

    def holds(self, context: Context) -> bool:
        """Whether a request meets it.

        Raises:
            UnsupportedPolicyError: the operator or the key is unknown here.
        """
        if self._unknown:
            raise UnsupportedPolicyError(f"condition {self._unknown} is not evaluated by the local AWS")
        held = context.get(self.key)
        if self._is_null:
            return (held is None) == (self.values[0].lower() == "true")
        if held is None:
            # An absent key meets a negated operator, and ForAllValues.
            return self._if_exists or self._negated or self._every
        expected = [substitute(value, context) for value in self.values]
        present = [held] if isinstance(held, str) else held
        return (all if self._every else any)(self._meets(one, expected) for one in present)

    def _meets(self, one: str, expected: Sequence[str]) -> bool:
        return any(self._test(one, value) for value in expected) != self._negated


def substitute(text: str, context: Context) -> str:
    """Fill the policy variables of a text; wildcards in the values are escaped.

    Raises:
        UnsupportedPolicyError: the key of a variable is unknown here.
    """
    if "${" not in text:
        return text
    return _VARIABLE.sub(lambda match: _value(match[1], context), text)


def _value(name: str, context: Context) -> str:
    if name in _LITERALS:
        return _ESCAPED.get(name, name)
    key, _, default = (part.strip() for part in name.partition(","))
    if not _KNOWN_KEYS.fullmatch(key.lower()):
        raise UnsupportedPolicyError(f"policy variable ${{{name}}} is not evaluated by the local AWS")
    value = context.get(key.lower(), default.strip("'") if default else None)
    # A variable without a value matches nothing.
    text = value if isinstance(value, str) else "\ue002"
    return text.replace("*", _ESCAPED["*"]).replace("?", _ESCAPED["?"])


@cache
def wildcard(pattern: str, *, any_case: bool = False) -> re.Pattern[str]:
    """Return the regular expression of a text with the wildcards `*` (anything) and `?` (one character)."""
    parts = [".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern)]
    text = "".join(parts).replace(_ESCAPED["*"], r"\*").replace(_ESCAPED["?"], r"\?")
    return re.compile(text, re.DOTALL | (re.IGNORECASE if any_case else 0))


def matches(pattern: str, value: str, *, any_case: bool = False) -> bool:
    """Whether a value matches a pattern with wildcards."""
    return wildcard(pattern, any_case=any_case).fullmatch(value) is not None


def _equal(value: str, expected: str) -> bool:
    return value == expected.replace(_ESCAPED["*"], "*").replace(_ESCAPED["?"], "?")


def _arn_like(value: str, pattern: str) -> bool:
    """Compare each of the six parts of an ARN: a wildcard does not match across a colon."""
    parts, patterns = value.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(matches, patterns, parts))


def _numbers(compare: Callable[[float, float], bool]) -> _Test:
    return lambda value, expected: compare(float(value), float(expected))


def _dates(compare: Callable[[float, float], bool]) -> _Test:
    return lambda value, expected: compare(_moment(value), _moment(expected))


def _moment(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdigit() else datetime.fromisoformat(text).timestamp()


_ORDERINGS: dict[str, tuple[Callable[[float, float], bool], bool]] = {
    "Equals": (lambda a, b: a == b, False),
    "NotEquals": (lambda a, b: a == b, True),
    "LessThan": (lambda a, b: a < b, False),
    "LessThanEquals": (lambda a, b: a <= b, False),
    "GreaterThan": (lambda a, b: a > b, False),
    "GreaterThanEquals": (lambda a, b: a >= b, False),
}

# Operator -> how one value is compared with one expected value, and whether the result is negated.
_TESTS: dict[str, tuple[_Test, bool]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (lambda value, expected: _equal(value.lower(), expected.lower()), False),
    "StringNotEqualsIgnoreCase": (lambda value, expected: _equal(value.lower(), expected.lower()), True),
    "StringLike": (lambda value, pattern: matches(pattern, value), False),
    "StringNotLike": (lambda value, pattern: matches(pattern, value), True),
    "ArnEquals": (_arn_like, False),
    "ArnLike": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnNotLike": (_arn_like, True),
    "Bool": (lambda value, expected: value.lower() == expected.lower(), False),
    **{f"Numeric{name}": (_numbers(compare), negated) for name, (compare, negated) in _ORDERINGS.items()},
    **{f"Date{name}": (_dates(compare), negated) for name, (compare, negated) in _ORDERINGS.items()},
}
