"""Whom Lambda acts as for a function: the function's role."""

from local.access.actors import Actor, taking
from local.lambda_runtime.model import Function


def acting(function: Function) -> Actor:
    """Return the actor that Lambda is for a function; the session has the function's name."""
    return taking(function.role, "lambda.amazonaws.com", function.arn, function.name)
