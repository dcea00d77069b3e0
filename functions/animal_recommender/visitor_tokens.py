"""Tokens of visitors: with one a browser acts as one visitor, and as nobody else.

A token is a JWS in compact form with HMAC-SHA256 (RFC 7515, RFC 7518):

    header   {"alg": "HS256", "kid": "2026-11-26"}
    payload  {"sub": "<visitor or user>", "kind": "visitor" | "user", "sid"?: "<visitor>", "first"?: "<visitor>",
              "iat", "exp", "since"?}

`kid` is the day of issue in UTC. Each day has a signing key of its own, which KMS derives from an HMAC key that never
leaves KMS. So no variable and no file holds a secret, and a check needs no call once the day's key is known. `sid` is
the session of a user: the anonymous visitor who logged in, and `first` the first such visitor, if it was another one.
`since` is when the visitor got its first token, if this one is a renewal.

Only what `issue` writes is accepted. The algorithm is fixed and the key follows from the day, so a token cannot choose
how it is checked ("alg": "none", a URL of a key, a path in "kid").
"""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

_DAY = 86_400
MAX_LENGTH = 4096  # an id of 256 characters has at most 1,024 bytes, and a token a few ids in base64; most are UUIDs
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
LONGEST_DAYS = 390  # of one anonymous visitor, however often the token is renewed: the 13 months that the CNIL names
_AHEAD = 60  # seconds: how far the clock of the function that issued a token may be ahead of this one's


class TokenError(ValueError):
    """A token that proves nothing. The text says why, and has nothing of the token."""


class Visitor(NamedTuple):
    """Whom a token stands for: the session, and the user if the visitor has logged in.

    `user_session_id` is the first session of the user, if it is another one: a login in a second browser.
    """

    session_id: str
    user_id: str | None = None
    user_session_id: str | None = None

    @property
    def first_session(self) -> str:
        """The session in which the visitor was first seen, which decides its arms of experiments."""
        return self.user_session_id or self.session_id


def new_visitor() -> Visitor:
    """Return an anonymous visitor, whose id is random (122 bits) and therefore nobody else's."""
    return Visitor(str(uuid.uuid4()))


class Token(NamedTuple):
    """A token, and when it expires (epoch seconds)."""

    text: str
    expires_at: int


class _Claims(NamedTuple):
    """What a valid token says: whom it stands for, and since when (epoch seconds)."""

    visitor: Visitor
    since: int


class KmsSigningKeys:
    """The signing key of each day: `GenerateMac(key, "animal-recommender visitor tokens <purpose> <day>")`.

    The purpose is the environment and the generation of its tokens; tokens of another purpose are not valid.
    https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html
    """

    def __init__(self, make_kms: "Callable[[], KMSClient]", key_id: str, purpose: str) -> None:
        self._make_kms = make_kms
        self._key_id = key_id
        self._purpose = purpose
        self._keys: dict[str, bytes] = {}

    def __call__(self, day: str) -> bytes:
        """Return the key of a day (`2026-11-26`). KMS is asked once for each day in the life of the process."""
        if day not in self._keys:
            message = f"animal-recommender visitor tokens {self._purpose} {day}".encode()
            response = self._make_kms().generate_mac(KeyId=self._key_id, Message=message, MacAlgorithm="HMAC_SHA_256")
            self._keys[day] = response["Mac"]
        return self._keys[day]


class VisitorTokens:
    """Issues and checks tokens that are valid for `lifetime_days`.

    `signing_key` returns the key of a day. It is asked only for days in which a valid token can have been issued.
    """

    def __init__(
        self, signing_key: Callable[[str], bytes], lifetime_days: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._signing_key = signing_key
        self._lifetime = lifetime_days * _DAY
        self._clock = clock

    def issue(self, visitor: Visitor, since: int | None = None) -> Token:
        """Return a new token; `since` (epoch seconds) if the visitor is not new."""
        now = int(self._clock())
        day, expires = _day(now), now + self._lifetime
        whose = {"sub": visitor.session_id, "kind": "visitor"}
        if visitor.user_id is not None:
            whose = {"sub": visitor.user_id, "kind": "user", "sid": visitor.session_id}
        if visitor.user_session_id is not None:
            whose["first"] = visitor.user_session_id
        if since is not None:
            expires = min(expires, since + LONGEST_DAYS * _DAY)
        claims = {**whose, "iat": now, "exp": expires, **({} if since is None else {"since": since})}
        signed = f"{_encode_json({'alg': 'HS256', 'kid': day})}.{_encode_json(claims)}"
        return Token(f"{signed}.{_encode(self._sign(day, signed))}", expires)

    def renew(self, token: str) -> tuple[Visitor, Token]:
        """Return the anonymous visitor of a token that is still valid, and a token that is valid for longer.

        The old token stays valid until its own end.

        Raises:
            TokenError: The token is not valid, or it is a user's, who has to log in again.
        """
        visitor, since = self._check(token)
        if visitor.user_id is not None:
            raise TokenError("the token is of a user: POST /identify renews it after a login")
        return visitor, self.issue(visitor, since)

    def verify(self, token: str) -> Visitor:
        """Return whom a token stands for.

        Raises:
            TokenError: The token is malformed, forged, expired, or of another environment.
        """
        return self._check(token).visitor

    def _check(self, token: str) -> _Claims:
        segments = token.split(".") if len(token) <= MAX_LENGTH else []
        if len(segments) != 3 or not all(map(_SEGMENT.fullmatch, segments)):
            raise TokenError("the token is malformed")
        header, payload, signature = segments
        day = self._read_day(header)
        # In the form of the token, not decoded: base64 has several texts for the same bytes.
        if not hmac.compare_digest(_encode(self._sign(day, f"{header}.{payload}")), signature):
            raise TokenError("the signature of the token is wrong")
        return self._read_claims(payload, day)

    def _sign(self, day: str, text: str) -> bytes:
        return hmac.digest(self._signing_key(day), text.encode(), hashlib.sha256)

    def _read_day(self, header: str) -> str:
        """Return the day whose key signs the token, if a valid token can be of that day."""
        fields = _decode_json(header)
        day = fields.get("kid")
        if not isinstance(day, str) or fields != {"alg": "HS256", "kid": day}:
            raise TokenError("the header of the token is wrong")
        now = self._clock()
        # Days as text sort as time does. Only real days: each other text would be one more call of KMS.
        if not _day(now - self._lifetime) <= day <= _day(now + _AHEAD) or not _is_day(day):
            raise TokenError("the day of the token is in the future, or longer ago than a token is valid")
        return day

    def _read_claims(self, payload: str, day: str) -> _Claims:
        claims = _decode_json(payload)
        issued, expires = claims.get("iat"), claims.get("exp")
        since = claims.get("since", issued)
        if type(issued) is not int or type(expires) is not int or type(since) is not int or _day(issued) != day:
            raise TokenError("the times of the token are wrong")
        # A shorter lifetime than at the time of issue also ends the tokens that are in use.
        if not issued - _AHEAD <= self._clock() < min(expires, issued + self._lifetime):
            raise TokenError("the token is expired")
        match claims:
            case {"kind": "visitor", "sub": str(session)}:
                return _Claims(Visitor(session), since)
            case {"kind": "user", "sub": str(user), "sid": str(session)}:
                first = claims.get("first")
                return _Claims(Visitor(session, user, None if first is None else str(first)), since)
        raise TokenError("the token has no visitor")


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _encode_json(document: dict[str, Any]) -> str:
    return _encode(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


def _decode_json(segment: str) -> dict[str, Any]:
    try:
        document = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, RecursionError):
        raise TokenError("the token is malformed") from None
    if not isinstance(document, dict):
        raise TokenError("the token is malformed")
    return document
