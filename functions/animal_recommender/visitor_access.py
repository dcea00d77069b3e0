"""Requests of browsers: the visitor's token in them, and the ids that it permits.

The HTTP API for browsers has no authorizer for these requests, because anybody may become a visitor. Its stage has the
variable `caller = visitor`, which no client can set, and the functions then require a token. Requests without the
variable come from servers, which IAM or an authorizer has admitted, and which may act for everybody.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from animal_recommender.clients import client
from animal_recommender.request_errors import ForbiddenError, UnauthorizedError
from animal_recommender.validation import FieldError, FieldReader, ValidationError, as_text, is_placeholder
from animal_recommender.visitor_tokens import MAX_LENGTH, KmsSigningKeys, TokenError, Visitor, VisitorTokens

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class TokenSettings:
    """Environment variables.

    VISITOR_KEY_ID is the ARN of the HMAC key; without an API for browsers there is none. Another
    VISITOR_TOKEN_GENERATION ends all tokens.
    """

    environment: str = ""
    visitor_key_id: str = ""
    visitor_token_days: int = 30
    visitor_token_generation: int = 1


def _make_kms() -> "KMSClient":
    return client("kms", connect_timeout=0.5, read_timeout=1.0)


def find_visitor_tokens(settings: TokenSettings) -> VisitorTokens | None:
    """Return what checks the deployment's tokens, None if it has no API for browsers."""
    return make_visitor_tokens(settings) if settings.visitor_key_id else None


def make_visitor_tokens(settings: TokenSettings) -> VisitorTokens:
    """Return what issues and checks the deployment's tokens."""
    # The client is made for the first token: it would cost 25 ms of each cold start, also for servers.
    purpose = f"{settings.environment} {settings.visitor_token_generation}"
    signing_keys = KmsSigningKeys(_make_kms, settings.visitor_key_id, purpose)
    return VisitorTokens(signing_keys, settings.visitor_token_days)


def is_browser_request(event: object) -> bool:
    """Return whether a request came through the HTTP API for browsers."""
    variables = event.get("stageVariables") if isinstance(event, Mapping) else None
    return isinstance(variables, Mapping) and variables.get("caller") == "visitor"


def authenticate(event: Mapping[str, Any], payload: dict[str, Any], tokens: VisitorTokens | None) -> Visitor:
    """Return the visitor whose token a request has, and remove the token from its payload.

    The token is in the header `Authorization: Bearer …`. A beacon has no headers of its own, and its content type is
    text/plain: there the token may be the field `token` of the body.

    Raises:
        UnauthorizedError: There is no valid token, or there are two.
    """
    headers = event.get("headers") or {}
    scheme, _, in_header = headers.get("authorization", "").partition(" ")
    is_beacon = headers.get("content-type", "").partition(";")[0].strip().lower() == "text/plain"
    found = {in_header.strip()} if scheme.lower() == "bearer" else set()
    if is_beacon and "token" in payload:
        found.add(str(payload.pop("token")))
    if tokens is None or len(found) != 1:
        raise UnauthorizedError("send one visitor's token, as POST /visitors returns it, as Authorization: Bearer")
    try:
        return tokens.verify(found.pop())
    except TokenError as error:
        raise UnauthorizedError(str(error)) from None


def check_visitor_token(payload: Mapping[str, Any], check: Callable[[str], R]) -> R | None:
    """Return what `check` makes of the field `visitorToken`, None without the field.

    Raises:
        ValidationError: `check` refuses the token, or the payload has other fields.
    """
    reader = FieldReader(payload)
    text = reader.read_text("visitorToken", maximum=MAX_LENGTH)
    reader.add_unknown_errors()
    reader.raise_errors()
    try:
        return None if text is None else check(text)
    except TokenError as error:
        raise ValidationError([FieldError("visitorToken", str(error))]) from None


Restrict = Callable[[Visitor, Mapping[str, Any]], Mapping[str, Any]]
"""Returns a payload with the ids of a visitor. Raises ForbiddenError, which names the fields with other ids."""


def act_as(visitor: Visitor, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a payload with the visitor's own ids, whatever ids it had.

    Raises:
        ForbiddenError: `userId` or `sessionId` is another's id.
    """
    if errors := other_ids(visitor, payload):
        raise ForbiddenError(errors)
    return with_ids_of(visitor, payload)


def other_ids(visitor: Visitor, fields: Mapping[str, Any], path: str = "") -> list[FieldError]:
    """Return an error for each id that is not the visitor's own. A placeholder such as "undefined" is no id."""
    own = {"userId": visitor.user_id, "sessionId": visitor.session_id}
    return [
        FieldError(f"{path}{name}", "is not the visitor of the token; leave it out")
        for name, value in own.items()
        if not _is_absent(fields.get(name)) and (value is None or as_text(fields[name]) != value)
    ]


def _is_absent(value: object) -> bool:
    return value is None or is_placeholder(value)


def with_ids_of(visitor: Visitor, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with `sessionId`, and `userId` only if the visitor has logged in."""
    own = {"userId": visitor.user_id} if visitor.user_id is not None else {}
    others = {name: value for name, value in fields.items() if name not in ("userId", "sessionId")}
    return {**others, **own, "sessionId": visitor.session_id}
