"""Lambda: runs function packages in processes of AWS's runtime client, with cold starts and Lambda's own errors."""

from local_aws.awslambda.model import Function, Invocation, LoggingConfig, Outcome, ThrottledError
from local_aws.awslambda.runtime import LambdaRuntime

__all__ = ["Function", "Invocation", "LambdaRuntime", "LoggingConfig", "Outcome", "ThrottledError"]
