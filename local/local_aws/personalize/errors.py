"""Errors as the service names them; every one becomes an HTTP answer that the AWS SDKs parse into a typed exception."""


class ServiceError(Exception):
    """An error answer. `code` is the exception's name in the service model, `status` its HTTP status."""

    code = "InternalFailure"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.status = status or type(self).status


class InvalidInputError(ServiceError):
    """A value breaks a documented rule."""

    code = "InvalidInputException"


class ResourceNotFoundError(ServiceError):
    """The ARN names nothing."""

    code = "ResourceNotFoundException"

    @classmethod
    def of(cls, arn: str) -> "ResourceNotFoundError":
        """The error for an unknown ARN."""
        return cls(f"Resource Arn {arn} does not exist.")


class ResourceAlreadyExistsError(ServiceError):
    """A resource of that name exists."""

    code = "ResourceAlreadyExistsException"


class ResourceInUseError(ServiceError):
    """The resource is in a status, or has dependents, that forbid the call."""

    code = "ResourceInUseException"


class LimitExceededError(ServiceError):
    """A quota is used up."""

    code = "LimitExceededException"


class InvalidNextTokenError(ServiceError):
    """A pagination token this service did not give out for this list."""

    code = "InvalidNextTokenException"


class TooManyTagsError(ServiceError):
    """More tags than a resource may have."""

    code = "TooManyTagsException"


class NotSupportedError(ServiceError):
    """A real operation that this local service does not have yet."""

    code = "NotImplementedException"
    status = 501

    @classmethod
    def of(cls, operation: str) -> "NotSupportedError":
        """The error for an operation that is not there yet."""
        return cls(f"{operation} is not available in the local Amazon Personalize yet (see local/README.md).")


class JobFailedError(Exception):
    """Background work (import, training, ...) ended in CREATE FAILED; the text is the resource's failureReason."""
