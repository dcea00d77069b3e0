"""CloudWatch's metric math, limited to arithmetic: numbers, ids of metrics, + - * /, PERIOD(id), SUM([id, …]).

Source: "Using math expressions with CloudWatch metrics", CloudWatch user guide.
"""

import ast
import operator
from collections.abc import Mapping

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


class UnsupportedAlarmError(Exception):
    """An alarm uses something that is not evaluated here; the message names it."""


def evaluate_expression(
    expression: str, values: Mapping[str, float | None], periods: Mapping[str, int]
) -> float | None:
    """Return the value of an expression; None if a metric in it has none, or for a division by zero.

    Args:
        expression: the text.
        values: id of a metric -> its value in one period.
        periods: id of a metric -> length of its period in seconds.

    Raises:
        UnsupportedAlarmError: the expression is not only arithmetic.
    """
    try:
        return _value(ast.parse(expression, mode="eval").body, values, periods)
    except SyntaxError:
        raise UnsupportedAlarmError(f"the expression {expression}") from None
    except ZeroDivisionError:
        return None


def _value(node: ast.expr, values: Mapping[str, float | None], periods: Mapping[str, int]) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _value(inner, values, periods)
            return None if value is None else -value
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            sides = _value(left, values, periods), _value(right, values, periods)
            return None if None in sides else _OPERATORS[type(sign)](*sides)
        case ast.Call(func=ast.Name(id="PERIOD"), args=[ast.Name(id=name)]) if name in periods:
            return float(periods[name])
        case ast.Call(func=ast.Name(id="SUM"), args=[ast.List(elts=elements)]):
            known = [one for one in (_value(element, values, periods) for element in elements) if one is not None]
            return sum(known) if known else None
    raise UnsupportedAlarmError(f"metric math with {ast.unparse(node)}")
