"""Runs function packages as Lambda does: processes of AWS's runtime client, cold and warm, with Lambda's own errors."""

from local_aws.awslambda.model import Function, Invocation, LoggingConfig, Outcome, ThrottledError
from local_aws.awslambda.runtime import LambdaRuntime

__all__ = ["Function", "Invocation", "LambdaRuntime", "LoggingConfig", "Outcome", "ThrottledError"]
