"""The execution role of a function."""

from local_aws.awslambda.model import Function
from local_aws.iam.actors import Actor, assumed_role


def lambda_actor(function: Function) -> Actor:
    """Return the actor for Lambda when it assumes a function's role; the session has the function's name."""
    return assumed_role(function.role, "lambda.amazonaws.com", function.arn, function.name)
