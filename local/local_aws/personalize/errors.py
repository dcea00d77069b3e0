"""The errors of the service. Each becomes an HTTP response that the AWS SDKs parse into a typed exception."""


class ServiceError(Exception):
    """An error response. `code` is the name of the exception in the service model, `status` its HTTP status."""

    code = "InternalFailure"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.status = status or type(self).status


class InvalidInputError(ServiceError):
    """A value violates a documented rule."""

    code = "InvalidInputException"


class ResourceNotFoundError(ServiceError):
    """No resource has this ARN."""

    code = "ResourceNotFoundException"

    @classmethod
    def of(cls, arn: str) -> "ResourceNotFoundError":
        """Return the error for an unknown ARN."""
        return cls(f"Resource Arn {arn} does not exist.")


class ResourceAlreadyExistsError(ServiceError):
    """A resource with that name already exists."""

    code = "ResourceAlreadyExistsException"


class ResourceInUseError(ServiceError):
    """The status or the dependents of the resource do not allow the call."""

    code = "ResourceInUseException"


class LimitExceededError(ServiceError):
    """A quota is used up."""

    code = "LimitExceededException"


class InvalidNextTokenError(ServiceError):
    """The pagination token was not issued for this list."""

    code = "InvalidNextTokenException"


class TooManyTagsError(ServiceError):
    """The resource would have more tags than are allowed."""

    code = "TooManyTagsException"


class NotSupportedError(ServiceError):
    """The local service does not support this operation or option of the real service."""

    code = "NotImplementedException"
    status = 501

    @classmethod
    def of(cls, operation: str) -> "NotSupportedError":
        """Return the error for an operation that is not supported."""
        return cls(f"{operation} is not available in the local Amazon Personalize yet (see local/README.md).")


class JobFailedError(Exception):
    """Background work (import, training, ...) failed. The text becomes the failureReason of the resource."""
