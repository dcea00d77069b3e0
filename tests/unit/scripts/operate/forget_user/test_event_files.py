"""A person's events are taken out of records and files in whatever form they are, and nobody else's."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from local_aws.testing.kpl import aggregate
from scripts.operate.forget_user.event_files import time_of_file, without_events, without_lines
from scripts.operate.forget_user.person import EXACT, Login, Person, Place
from tests.unit.scripts.operate import conftest
from tests.unit.scripts.operate.forget_user.conftest import enveloped, undelivered

USER = "José-77421"
TIME = "2025-01-01T00:00:00.000000Z"
PLACE = Place("here", TIME)
BASE64 = base64.b64encode


def event(who: Any, **more: Any) -> bytes:
    return json.dumps(json.loads(conftest.event(who)) | more).encode()


def text_of(user: str, **more: object) -> str:
    return json.dumps(json.loads(event(user, **more)), ensure_ascii=False)


FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda user: text_of(user).encode(),
    "escapes": event,
    "base64": lambda user: BASE64(text_of(user).encode()),
    "double base64": lambda user: BASE64(BASE64(text_of(user).encode())),
    "url-safe base64": lambda user: base64.urlsafe_b64encode(("ÿÿ?>" + text_of(user)).encode()).rstrip(b"="),
    "base64 in lines": lambda user: base64.encodebytes(text_of(user).encode()),
    "gzip": lambda user: gzip.compress(text_of(user).encode()),
    "zlib": lambda user: zlib.compress(text_of(user).encode()),
    "gzip in base64": lambda user: BASE64(gzip.compress(text_of(user).encode())),
    "base64 in gzip in base64": lambda user: BASE64(gzip.compress(BASE64(event(user)))),
    "hexadecimal": lambda user: text_of(user).encode().hex().encode(),
    "UTF-16 with a mark": lambda user: text_of(user).encode("utf-16"),
    "UTF-16 LE": lambda user: text_of(user).encode("utf-16-le"),
    "UTF-16 BE": lambda user: text_of(user).encode("utf-16-be"),
    "UTF-16 BE with a mark": lambda user: b"\xfe\xff" + text_of(user).encode("utf-16-be"),
    "UTF-32": lambda user: text_of(user).encode("utf-32"),
    "Latin-1": lambda user: text_of(user).encode("latin-1"),
    "UTF-8 with a mark": lambda user: text_of(user).encode("utf-8-sig"),
    "percent-encoded": lambda user: quote(text_of(user)).encode(),
    "percent-encoded Latin-1": lambda user: quote(text_of(user), encoding="latin-1").encode(),
    "form": lambda user: f"event={quote_plus(text_of(user))}&v=1".encode(),
    "query": lambda user: f"GET /pixel?userId={quote(user)}&event=View".encode(),
    "KPL": lambda user: aggregate(event(user), event(user, sessionId="b")),
    "JSON string": lambda user: json.dumps(text_of(user)).encode(),
    "escaped text": lambda user: json.dumps(text_of(user)).encode()[1:-1],
    "envelope": lambda user: enveloped(user, "s"),
    "envelope with an object": lambda user: json.dumps({"Partitionkey": "1", "Data": json.loads(event(user))}).encode(),
    "envelope with base64": lambda user: json.dumps({"Data": BASE64(event(user)).decode()}).encode(),
    "hidden in a field": lambda user: json.dumps({"payload": {"body": BASE64(event(user)).decode()}}).encode(),
    "array": lambda user: b"[" + event(user) + b"," + event(user) + b"]",
    "printed": lambda user: json.dumps(json.loads(event(user)), indent=2).encode(),
    "undelivered": lambda user: undelivered(event(user)),
    "broken, with escapes": lambda user: event(user)[:-1] + b",}",
    "broken, without escapes": lambda user: text_of(user)[:-1].encode() + b",}",
    "cut off": lambda user: event(user)[: event(user).index(b"sessionId")],
    "Python": lambda user: repr(json.loads(event(user))).encode(),
    "XML": lambda user: f"<event><userId>{user}</userId></event>".encode(),
    "user_id": lambda user: event(None, user_id=user),
    "userID": lambda user: event(None, userID=user),
    "user.id": lambda user: event(None, **{"user.id": user}),
    "user": lambda user: event(None, user=user),
    "user with an id": lambda user: event(None, user={"id": user}),
    "user deep inside": lambda user: event(None, context={"page": [{"user": {"user_id": user}}]}),
    "a list of users": lambda user: event([user]),
    "user_id behind a placeholder": lambda user: event("undefined", user_id=user),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_given_an_event_in_any_form_then_only_its_own_user_loses_it(form: str) -> None:
    data = FORMS[form](USER)
    assert without_events(Person(USER), data, PLACE) is None
    for other in ("José", "José-774210", "77421", "0-José-77421", "s", "1", "2", "Pug"):
        assert without_events(Person(other), data, PLACE) == data, other


@pytest.mark.parametrize("form", [name for name in FORMS if name not in ("Python", "XML", "query")])
def test_given_a_file_with_an_event_in_any_form_then_the_lines_of_others_stay(form: str) -> None:
    others = [event("1"), FORMS["UTF-16 with a mark"]("2"), event("3"), FORMS["gzip"]("4"), event("5")]
    lines = [others[0], FORMS[form](USER), others[1], FORMS[form](USER), *others[2:]]
    if form == "UTF-16 BE":  # behind UTF-16 LE and a newline, its bytes are those of one longer text
        lines[2:4] = [lines[3], lines[2]]
    if form == "base64 in lines":
        lines = [b"".join(line.split()) if line not in others else line for line in lines]
    kept = without_lines(Person(USER), b"\n".join(lines) + b"\n", "here", TIME)
    assert kept == b"\n".join(others) + b"\n"


@pytest.mark.parametrize("number", [42, "42", 42.0])
def test_given_a_number_as_id_then_it_is_the_same_id_as_its_text(number: object) -> None:
    assert without_events(Person("42"), event(number), PLACE) is None


@pytest.mark.parametrize(
    "data",
    [
        event("9001", eventValue=42, animal_id=42, eventId="42", timestamp=42),
        event("9001", sessionId="42"),
        event("9001", sessionId=42),
        event("9001", user_id="42"),
        event("9001", sessionId="s", user={"id": 42}),
        event("9001", note="userId=42 is a friend"),
        event("420"),
        event("142"),
        event("42.5"),
        event("9001", sessionId="42")[:-1] + b',"eventValue":42,}',
        b'{"userId":"9001","eventValue": 42, "x": {"y": "42"},}',
        b'{"sessionId":"42","eventType":"View",}',
        json.dumps({"sessionId": "42", "eventType": "View"}).encode(),
        b"userId=9001&sessionId=42&value=42",
    ],
)
def test_given_a_short_id_then_other_values_that_look_like_it_stay(data: bytes) -> None:
    person = Person("42")
    assert without_events(person, data, PLACE) == data
    assert not person.unclear


def test_given_a_text_without_names_then_a_short_id_is_unclear_and_a_long_one_is_theirs() -> None:
    short = Person("42")
    assert without_events(short, b"error for 42!", PLACE) == b"error for 42!"
    assert short.unclear == {"here"}
    assert without_events(Person("77345"), b"error for 77345!", PLACE) is None
    assert without_events(Person("77345"), BASE64(b"error for 77345!"), PLACE) is None
    assert without_events(Person("ann@x.org"), b"mail to mary.ann@x.org.", PLACE) == b"mail to mary.ann@x.org."
    assert without_events(Person("ann@x.org"), b"mail to ann@x.org.", PLACE) is None


@pytest.mark.parametrize(
    "pack",
    [
        lambda *events: aggregate(*events),
        lambda *events: b"[" + b",".join(events) + b"]",
        lambda *events: b"\n".join(events),
        lambda *events: gzip.compress(b"\n".join(events)),
        lambda *events: BASE64(gzip.compress(b"\n".join(events))),
        lambda *events: b"broken " + b" and ".join(events),
    ],
)
def test_given_a_record_of_several_people_then_the_others_keep_their_events(pack: Callable[..., bytes]) -> None:
    kept = without_events(Person(USER), pack(event("1"), event(USER), event("2", eventId="ü")), PLACE)
    assert kept is not None
    assert [json.loads(line) for line in kept.split(b"\n")] == [json.loads(event(*one)) for one in ("1", "2")] or [
        json.loads(line)["userId"] for line in kept.split(b"\n")
    ] == ["1", "2"]


def test_given_an_undelivered_record_of_several_people_then_it_is_kept_with_the_others_events() -> None:
    line = undelivered(event("1") + b"\n" + event(USER))
    kept = json.loads(without_lines(Person(USER), line + b"\n", "here", TIME))
    assert json.loads(base64.b64decode(kept["rawData"])) == json.loads(event("1"))
    assert kept["errorCode"] == "S3.AccessDenied"


def test_given_a_session_of_two_people_then_only_the_stretch_of_the_person_goes() -> None:
    logins = [(10, True), (20, False), (30, True)]
    lines = [event(None, sessionId="s", timestamp=946684800 + at) for at in (5, 15, 25, 35)]
    known = {"s": [Login(f"2000-01-01T00:00:{at}.000000Z", mine, EXACT) for at, mine in logins]}
    person = Person(USER, known, ["s"])
    assert without_lines(person, b"\n".join(lines) + b"\n", "here", TIME) == lines[1] + b"\n"


def test_given_events_without_a_time_then_their_order_in_the_file_decides() -> None:
    lines = [event(None, sessionId="s", eventId=f"{at}") for at in range(5)]
    lines[1:1], lines[4:4] = [event("1", sessionId="s")], [event(USER, sessionId="s")]
    content, person = b"\n".join(lines) + b"\n", Person(USER)
    for _ in range(2):  # the first look finds the session, the second one the login before it
        without_lines(person, content, "here", TIME)
    person.surveyed = person.sessions
    kept = [json.loads(line) for line in without_lines(person, content, "here", TIME).splitlines()]
    assert [one.get("userId") or one["eventId"] for one in kept] == ["0", "1"]


def test_given_a_session_that_was_not_looked_for_yet_then_only_what_names_the_user_goes() -> None:
    lines = [event(USER, sessionId="s"), event(None, sessionId="s")]
    person = Person(USER)
    assert without_lines(person, b"\n".join(lines) + b"\n", "here", TIME) == lines[1] + b"\n"
    assert person.sessions == {"s"}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("events/year=2026/month=11/day=26/hour=20/x-raw-events-1-2026-11-26-20-34-14-ab.json.gz", "20:34:14"),
        ("events/year=2026/month=11/day=26/hour=20/a.gz", "20:00:00"),
        ("errors/format/year=2026/month=11/day=26/e", "00:00:00"),
        ("a.gz", "07:08:09"),
    ],
)
def test_given_a_file_then_its_name_or_its_date_has_the_time(key: str, expected: str) -> None:
    assert time_of_file(key, datetime(2026, 11, 26, 7, 8, 9, tzinfo=UTC)) == f"2026-11-26T{expected}.000000Z"
