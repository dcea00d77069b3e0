"""Whom Lambda acts as for a function: the function's role."""

from local_aws.awslambda.model import Function
from local_aws.iam.actors import Actor, taking


def acting(function: Function) -> Actor:
    """Return the actor that Lambda is for a function; the session has the function's name."""
    return taking(function.role, "lambda.amazonaws.com", function.arn, function.name)
