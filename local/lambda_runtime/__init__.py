"""Runs function packages as Lambda does: processes of AWS's runtime client, cold and warm, with Lambda's own errors."""

from local.lambda_runtime.model import Function, Invocation, LoggingConfig, Outcome, ThrottledError
from local.lambda_runtime.runtime import LambdaRuntime

__all__ = ["Function", "Invocation", "LambdaRuntime", "LoggingConfig", "Outcome", "ThrottledError"]
