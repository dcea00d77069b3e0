"""The function identify_visitor: the token of a user who has logged in to the site."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import Handler, instrument
from animal_recommender.request_errors import ConflictError, ForbiddenError, UnauthorizedError
from animal_recommender.request_handling import handle_request
from animal_recommender.timestamps import format_time
from animal_recommender.validation import FieldError, FieldReader
from animal_recommender.visitor_access import TokenSettings, check_visitor_token
from animal_recommender.visitor_tokens import LONGEST_DAYS, Visitor, VisitorTokens, new_visitor
from identify_visitor.merging import OTHER_USER, Merger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kinesis import KinesisClient


@dataclass(frozen=True, kw_only=True)
class Settings(TokenSettings):
    """Environment variables. USER_CLAIM is the claim of the site's login that holds the user's id."""

    visitor_key_id: str = field()  # not optional here
    history_table: str
    history_ttl_days: int
    stream_name: str
    user_claim: str


def make_handler(
    settings: Settings,
    *,
    tokens: VisitorTokens,
    dynamodb: "DynamoDBClient",
    kinesis: "KinesisClient",
    clock: Callable[[], float] = time.time,
) -> Handler[Any, Any]:
    """Return the Lambda handler."""
    # The mark of a merge lives at least as long as a token of its visitor can.
    days = max(settings.history_ttl_days, LONGEST_DAYS)
    merger = Merger(dynamodb, settings.history_table, kinesis, settings.stream_name, days, clock)

    def identify(user_id: str, payload: Mapping[str, Any]) -> dict[str, str]:
        visitor = check_visitor_token(payload, tokens.verify) or new_visitor()
        if visitor.user_id not in (None, user_id):
            raise ConflictError([OTHER_USER])
        first = merger.merge(visitor.session_id, user_id) if visitor.user_id is None else visitor.first_session
        token = tokens.issue(Visitor(visitor.session_id, user_id, first if first != visitor.session_id else None))
        return {"userId": user_id, "token": token.text, "expiresAt": format_time(token.expires_at)}

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return `{"userId", "token", "expiresAt"}` for `{"visitorToken"?}` of a user whom API Gateway has verified.

        An anonymous visitor is merged into the user: 409 if it has been merged into another one. With a token of the
        user the new one is a renewal. Without `visitorToken` the user gets a session of its own.
        """
        return handle_request(
            event, lambda payload: identify(read_user(event, settings.user_claim), payload), restrict=None
        )

    return handle


def read_user(event: Any, claim: str) -> str:
    """Return the user's id in the claims of the login token, which API Gateway has verified.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html

    Raises:
        UnauthorizedError: The request passed no authorizer.
        ForbiddenError: The claim is missing, or no id of a user.
    """
    try:
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    except (KeyError, TypeError):
        raise UnauthorizedError("log in first") from None
    reader = FieldReader(claims, "claims")
    user = reader.read_user(claim)
    if user is None:
        raise ForbiddenError([FieldError(f"claims.{claim}", "must be the id of a user: see the setting user_claim")])
    return user
