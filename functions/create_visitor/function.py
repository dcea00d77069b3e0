"""The function create_visitor: the token of an anonymous visitor, who is new or comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import Handler, instrument
from animal_recommender.request_handling import handle_request
from animal_recommender.timestamps import format_time
from animal_recommender.visitor_access import TokenSettings, check_visitor_token
from animal_recommender.visitor_tokens import Token, Visitor, VisitorTokens, new_visitor

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, kw_only=True)
class Settings(TokenSettings):
    """Environment variables."""

    visitor_key_id: str = field()  # not optional here


def create_visitor(payload: Mapping[str, Any], tokens: VisitorTokens) -> dict[str, str]:
    """Return `{"visitorId", "token", "expiresAt"}` of a new visitor, or of the one whose token is in `visitorToken`.

    Raises:
        ValidationError: The payload has other fields, or the token cannot be renewed.
    """
    visitor, token = check_visitor_token(payload, tokens.renew) or _issue_first(tokens)
    return {"visitorId": visitor.session_id, "token": token.text, "expiresAt": format_time(token.expires_at)}


def _issue_first(tokens: VisitorTokens) -> tuple[Visitor, Token]:
    visitor = new_visitor()
    return visitor, tokens.issue(visitor)


def make_handler(tokens: VisitorTokens) -> Handler[Any, Any]:
    """Return the Lambda handler."""

    @instrument
    def handle(event: Any, context: "LambdaContext") -> Any:
        """Return what `create_visitor` returns, with status 201. A request without a body counts as `{}`."""
        without_body = isinstance(event, Mapping) and "requestContext" in event and not event.get("body")
        request = {**event, "body": {}} if without_body else event
        return handle_request(request, lambda payload: create_visitor(payload, tokens), status=201, restrict=None)

    return handle
