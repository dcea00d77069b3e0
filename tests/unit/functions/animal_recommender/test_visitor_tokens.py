"""Tokens of visitors: who they stand for, and every trick with which somebody could make one or change one."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from animal_recommender.visitor_tokens import LONGEST_DAYS, KmsSigningKeys, TokenError, Visitor, VisitorTokens
from tests.unit.functions.fakes import FakeKms, error

NOW = 1_795_737_600.0  # 2026-11-26T23:20:00Z
DAY = 86_400
ANONYMOUS, LOGGED_IN = Visitor("visitor-1"), Visitor("visitor-1", "user-1")


def tokens_of(kms: FakeKms, *, now: float = NOW, environment: str = "test", days: int = 30) -> VisitorTokens:
    return VisitorTokens(KmsSigningKeys(lambda: kms, "key", environment), days, lambda: now)


def encode(document: object) -> str:
    text = document if isinstance(document, bytes) else json.dumps(document, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode(segment: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(segment + "=="))


def sign(header: object, claims: object, secret: bytes, algorithm: Any = hashlib.sha256) -> str:
    signed = f"{encode(header)}.{encode(claims)}"
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), algorithm))}"


HEADER = {"alg": "HS256", "kid": "2026-11-27"}
CLAIMS = {"sub": "visitor-1", "kind": "visitor", "iat": int(NOW), "exp": int(NOW) + 30 * DAY}


@pytest.fixture
def kms() -> FakeKms:
    return FakeKms()


@pytest.mark.parametrize("visitor", [ANONYMOUS, LOGGED_IN, Visitor("s", "ü" * 256), Visitor("v" * 256, "")])
def test_given_a_token_then_it_stands_for_the_visitor_it_was_issued_to(kms: FakeKms, visitor: Visitor) -> None:
    token = tokens_of(kms).issue(visitor)

    assert tokens_of(kms).verify(token.text) == visitor
    assert token.expires_at == int(NOW) + 30 * DAY


def test_given_a_token_then_it_is_a_compact_jws_whose_key_kms_derives_for_the_day_and_the_environment(
    kms: FakeKms,
) -> None:
    header, payload, _ = tokens_of(kms).issue(LOGGED_IN).text.split(".")

    day = decode(header)["kid"]
    assert decode(header) == {"alg": "HS256", "kid": day}
    assert decode(payload) == {
        **{"sub": "user-1", "kind": "user", "sid": "visitor-1"},
        **{"iat": int(NOW), "exp": int(NOW) + 30 * DAY},
    }
    assert kms.messages == [f"animal-recommender visitor tokens test {day}"]


def test_given_a_days_key_then_kms_is_asked_once_for_it(kms: FakeKms) -> None:
    tokens = tokens_of(kms)
    issued = [tokens.issue(Visitor(str(n))).text for n in range(20)]

    assert [tokens.verify(text).session_id for text in issued] == [str(n) for n in range(20)]
    assert len(kms.messages) == 1


def test_given_kms_fails_then_nothing_is_remembered_of_it(kms: FakeKms) -> None:
    kms.faults = [error("ThrottlingException", 429)]
    tokens = tokens_of(kms)

    with pytest.raises(Exception, match="ThrottlingException"):
        tokens.issue(ANONYMOUS)

    assert tokens.verify(tokens.issue(ANONYMOUS).text) == ANONYMOUS


@pytest.mark.parametrize(("age", "valid"), [(0, True), (30 * DAY - 1, True), (30 * DAY, False), (400 * DAY, False)])
def test_given_a_token_then_it_is_valid_for_its_lifetime_and_no_longer(kms: FakeKms, age: int, valid: bool) -> None:
    token = tokens_of(kms).issue(ANONYMOUS).text
    later = tokens_of(kms, now=NOW + age)

    if valid:
        assert later.verify(token) == ANONYMOUS
    else:
        with pytest.raises(TokenError, match=r"expired|day of the token"):
            later.verify(token)


def test_given_a_valid_token_when_it_is_renewed_then_the_visitor_stays_and_the_old_one_keeps_its_own_end(
    kms: FakeKms,
) -> None:
    old = tokens_of(kms).issue(ANONYMOUS)
    later = tokens_of(kms, now=NOW + 20 * DAY)

    visitor, new = later.renew(old.text)

    assert visitor == later.verify(new.text) == later.verify(old.text) == ANONYMOUS
    assert new.expires_at == int(NOW) + 50 * DAY
    # The key of the day of the renewal signs it.
    assert decode(new.text.split(".")[0])["kid"] > decode(old.text.split(".")[0])["kid"]
    after = tokens_of(kms, now=NOW + 40 * DAY)
    assert after.verify(new.text) == ANONYMOUS
    with pytest.raises(TokenError):
        after.renew(old.text)


def test_given_renewals_again_and_again_then_a_visitor_ends_after_thirteen_months(kms: FakeKms) -> None:
    token, now = tokens_of(kms).issue(ANONYMOUS), NOW
    while now + 20 * DAY < token.expires_at:
        now += 20 * DAY
        _, token = tokens_of(kms, now=now).renew(token.text)

    assert token.expires_at == int(NOW) + LONGEST_DAYS * DAY
    assert LONGEST_DAYS * DAY < 13 * 30.5 * DAY
    for text in (token.text, tokens_of(kms, now=token.expires_at - 1).renew(token.text)[1].text):
        with pytest.raises(TokenError):
            tokens_of(kms, now=token.expires_at).renew(text)


def test_given_a_token_that_proves_nothing_then_it_is_not_renewed(kms: FakeKms) -> None:
    header, payload, signature = tokens_of(kms).issue(ANONYMOUS).text.split(".")
    younger = encode(decode(payload) | {"since": int(NOW)})
    for text in (
        f"{header}.{younger}.{signature}",
        tokens_of(kms, now=NOW - 30 * DAY).issue(ANONYMOUS).text,
        tokens_of(kms, environment="test 2").issue(ANONYMOUS).text,  # another generation
        sign(HEADER, CLAIMS, b"secret"),
        "",
    ):
        with pytest.raises(TokenError):
            tokens_of(kms).renew(text)


def test_given_the_token_of_a_user_then_only_a_login_renews_it(kms: FakeKms) -> None:
    with pytest.raises(TokenError, match="POST /identify"):
        tokens_of(kms).renew(tokens_of(kms).issue(LOGGED_IN).text)


def test_given_a_shorter_lifetime_than_before_then_older_tokens_end_too(kms: FakeKms) -> None:
    token = tokens_of(kms, now=NOW - 8 * DAY).issue(ANONYMOUS).text

    assert tokens_of(kms).verify(token) == ANONYMOUS
    with pytest.raises(TokenError):
        tokens_of(kms, days=7).verify(token)


@pytest.mark.parametrize(("ahead", "valid"), [(30, True), (90, False), (2 * DAY, False)])
def test_given_a_token_of_the_future_then_only_a_clock_that_is_a_little_ahead_is_forgiven(
    kms: FakeKms, ahead: int, valid: bool
) -> None:
    token = tokens_of(kms, now=NOW + ahead).issue(ANONYMOUS).text

    if valid:
        assert tokens_of(kms).verify(token) == ANONYMOUS
    else:
        with pytest.raises(TokenError):
            tokens_of(kms).verify(token)


def test_given_a_token_of_another_environment_or_key_then_it_is_refused(kms: FakeKms) -> None:
    foreign = tokens_of(kms, environment="prod").issue(ANONYMOUS).text
    replaced = tokens_of(FakeKms(b"the key before it was replaced")).issue(ANONYMOUS).text

    for token in (foreign, replaced):
        with pytest.raises(TokenError, match="signature"):
            tokens_of(kms).verify(token)


def test_given_a_changed_claim_then_the_signature_is_wrong(kms: FakeKms) -> None:
    header, payload, signature = tokens_of(kms).issue(ANONYMOUS).text.split(".")
    for changes in ({"sub": "visitor-2"}, {"kind": "user", "sid": "visitor-1"}, {"exp": int(NOW) + 300 * DAY}):
        changed = encode(decode(payload) | changes)

        with pytest.raises(TokenError, match="signature"):
            tokens_of(kms).verify(f"{header}.{changed}.{signature}")


def test_given_any_changed_character_then_the_token_is_refused(kms: FakeKms) -> None:
    token = tokens_of(kms).issue(ANONYMOUS).text
    tokens = tokens_of(kms)
    for place, character in enumerate(token):
        other = "A" if character != "A" else "B"
        with pytest.raises(TokenError):
            tokens.verify(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("secret", [b"", b"secret", b"2026-11-26", b"key", b"\0" * 32])
@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "none", "kid": "2026-11-26"},
        {"alg": "None", "kid": "2026-11-26"},
        {"alg": "HS512", "kid": "2026-11-26"},
        {"alg": "RS256", "kid": "2026-11-26"},
        {"alg": "HS256"},
        {"alg": ["HS256"], "kid": "2026-11-26"},
        {"alg": "HS256", "kid": None},
        {"alg": "HS256", "kid": 20261126},
        {"alg": "HS256", "kid": ["2026-11-26"]},
        {"alg": "HS256", "kid": "../../dev/null"},
        {"alg": "HS256", "kid": "2026-11-26 OR 1=1"},
        {"alg": "HS256", "kid": ""},
        {"alg": "HS256", "kid": "2026-11-26", "jwk": {"kty": "oct", "k": "AAAA"}},
        {"alg": "HS256", "kid": "2026-11-26", "jku": "https://evil.example/keys"},
        {"alg": "HS256", "kid": "2026-11-26", "crit": ["exp"]},
        {"alg": "HS256", "kid": "2026-11-26"},
        {},
        [],
        "HS256",
        None,
    ],
)
def test_given_a_header_that_chooses_how_it_is_checked_then_the_token_is_refused(
    kms: FakeKms, header: Any, secret: bytes
) -> None:
    with pytest.raises(TokenError):
        tokens_of(kms).verify(sign(header, CLAIMS, secret))
    signed = f"{encode(header)}.{encode(CLAIMS)}"
    for unsigned in (signed, f"{signed}.", f"{signed}.AAAA"):
        with pytest.raises(TokenError):
            tokens_of(kms).verify(unsigned)


@pytest.mark.parametrize(
    "kid", ["2026-10-99", "2026-11-00", "2026-11-1", "20261126", "2026-11-26Z", "2026-11-2\u0666", "1970-01-01", "9999"]
)
def test_given_a_kid_that_is_no_day_of_a_valid_token_then_kms_is_not_asked(kms: FakeKms, kid: str) -> None:
    with pytest.raises(TokenError, match=r"day|header"):
        tokens_of(kms).verify(sign({"alg": "HS256", "kid": kid}, CLAIMS, b"x"))

    assert kms.messages == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "{}.{}.{}",
        "\u00e9.\u00e9.\u00e9",
        "e30.e30.e30",
        "e30=.e30=.e30=",
        "a" * 5000,
        f"{encode(b'[' * 2000)}.e30.e30",
        f"{encode(bytes([255, 254]))}.e30.e30",
        " ",
        "null",
    ],
)
def test_given_no_token_at_all_then_it_is_refused_and_kms_is_not_asked(kms: FakeKms, text: str) -> None:
    with pytest.raises(TokenError):
        tokens_of(kms).verify(text)

    assert kms.messages == []


@pytest.mark.parametrize(
    "claims",
    [
        {**CLAIMS, "iat": str(int(NOW))},
        {**CLAIMS, "iat": True},
        {**CLAIMS, "exp": 1e300},
        {**CLAIMS, "exp": None},
        {**CLAIMS, "since": None},
        {**CLAIMS, "iat": int(NOW) - 40 * DAY},
        {**CLAIMS, "kind": "admin"},
        {**CLAIMS, "kind": "user"},
        {**CLAIMS, "sub": None},
        {**CLAIMS, "sub": ["visitor-1"]},
        {name: value for name, value in CLAIMS.items() if name != "kind"},
        [],
        "visitor-1",
    ],
)
def test_given_the_right_signature_of_claims_that_issue_never_writes_then_the_token_is_refused(
    kms: FakeKms, claims: Any
) -> None:
    day = decode(tokens_of(kms).issue(ANONYMOUS).text.split(".")[0])["kid"]
    secret = KmsSigningKeys(lambda: kms, "key", "test")(day)

    with pytest.raises(TokenError):
        tokens_of(kms).verify(sign({"alg": "HS256", "kid": day}, claims, secret))


def test_given_the_key_of_one_day_then_it_signs_nothing_of_another_day(kms: FakeKms) -> None:
    today = decode(tokens_of(kms).issue(ANONYMOUS).text.split(".")[0])["kid"]
    yesterday = decode(tokens_of(kms, now=NOW - DAY).issue(ANONYMOUS).text.split(".")[0])["kid"]
    stolen = KmsSigningKeys(lambda: kms, "key", "test")(yesterday)

    for header, claims in (
        ({"alg": "HS256", "kid": today}, CLAIMS),
        ({"alg": "HS256", "kid": yesterday}, CLAIMS),  # issued today, says the claim
    ):
        with pytest.raises(TokenError):
            tokens_of(kms).verify(sign(header, claims, stolen))


def test_given_a_refusal_then_it_has_nothing_of_the_token(kms: FakeKms) -> None:
    with pytest.raises(TokenError) as raised:
        tokens_of(kms).verify(sign({"alg": "HS256", "kid": "secret-of-somebody"}, {"sub": "somebody"}, b"x"))

    assert "somebody" not in str(raised.value)
