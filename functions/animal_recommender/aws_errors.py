"""Errors of AWS calls, and what can be done about them."""

from enum import Enum

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

AwsError = (BotoCoreError, ClientError)

CONDITION_FAILED = "ConditionalCheckFailedException"  # DynamoDB: the item is not as the request wants it

_INVALID_REQUEST = {"InvalidInputException", "ValidationException", "SerializationException"}
_TRANSIENT = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ResourceInUseException",
    "ServiceUnavailable",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}


class ErrorKind(Enum):
    """What can be done about an error.

    INVALID_REQUEST: this request can never succeed. TRANSIENT: a retry may succeed soon. CONFIGURATION: no retry
    succeeds before somebody changes the deployment, e.g. a missing permission or resource.
    """

    INVALID_REQUEST = "invalid request"
    TRANSIENT = "transient"
    CONFIGURATION = "configuration"


def classify(error: BotoCoreError | ClientError) -> ErrorKind:
    """Return the kind of an AWS error, from its code and HTTP status. Timeouts and lost connections are transient."""
    if isinstance(error, ParamValidationError):
        return ErrorKind.INVALID_REQUEST
    if not isinstance(error, ClientError):
        return ErrorKind.TRANSIENT
    code = error_code(error)
    if code in _INVALID_REQUEST:
        return ErrorKind.INVALID_REQUEST
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return ErrorKind.TRANSIENT if code in _TRANSIENT or status == 429 or status >= 500 else ErrorKind.CONFIGURATION


def error_code(error: BotoCoreError | ClientError) -> str:
    """Return the error's code, or its class if no service answered. The code has no user data and may be logged."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def error_message(error: BotoCoreError | ClientError) -> str:
    """Return the service's message, or the error's class if no service answered. The message may have user data."""
    return error.response["Error"].get("Message", "") if isinstance(error, ClientError) else error_code(error)
