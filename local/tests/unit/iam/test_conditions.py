"""Conditions and wildcards of the policy language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_aws.iam.conditions import Condition, matches

KEY = "aws:SourceArn"


@pytest.mark.parametrize(
    ("operator", "value", "expected", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a", "*", False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringLike", "arn:a:b", "arn:*", True),
        ("StringLike", "ab", "a?", True),
        ("StringLike", "abc", "a?", False),
        ("StringNotLike", "abc", "a*", False),
        ("ArnLike", "arn:aws:events:r:1:rule/x-1", "arn:aws:events:r:1:rule/x-*", True),
        ("ArnLike", "arn:aws:events:r:1:rule/x", "arn:aws:*:rule/x", False),
        ("ArnEquals", "arn:aws:sns:r:1:t", "arn:aws:sns:r:1:*", True),
        ("ArnNotLike", "arn:aws:sns:r:1:t", "arn:aws:sns:r:2:*", True),
        ("Bool", "true", "true", True),
        ("Bool", "true", "false", False),
        ("NumericLessThan", "9", "10", True),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericNotEquals", "1", "1.0", False),
        ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", True),
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", False),
        ("Null", "a", "false", True),
        ("Null", "a", "true", False),
        ("ForAnyValue:StringEquals", "a", "a", True),
        ("ForAllValues:StringLike", "a", "b*", False),
    ],
)
def test_an_operator_compares_as_documented(operator: str, value: str, expected: str, holds: bool) -> None:
    assert Condition(operator, KEY, [expected]).holds({KEY.lower(): value}) is holds


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("ArnLike", False),
        ("ArnNotLike", True),
        ("Bool", False),
        ("NumericLessThan", False),
        ("StringEqualsIfExists", True),
        ("BoolIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
    ],
)
def test_given_a_key_that_is_not_there_then_only_negations_and_if_exists_hold(operator: str, holds: bool) -> None:
    assert Condition(operator, KEY, ["x"]).holds({}) is holds
    assert Condition("Null", KEY, ["true"]).holds({})


@given(st.text(alphabet="ab*?[].^$\\(", max_size=8), st.text(alphabet="ab*?[].^$\\(", max_size=8))
def test_a_pattern_means_what_its_two_wildcards_mean_and_nothing_else(pattern: str, value: str) -> None:
    def slow(p: str, v: str) -> bool:
        if not p:
            return not v
        if p[0] == "*":
            return any(slow(p[1:], v[n:]) for n in range(len(v) + 1))
        return bool(v) and p[0] in ("?", v[0]) and slow(p[1:], v[1:])

    assert matches(pattern, value) is slow(pattern, value)
