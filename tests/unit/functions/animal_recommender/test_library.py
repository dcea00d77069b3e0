"""The shared library: ids of groups, forms of calls, times, clients."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from animal_recommender.animal_groups import animal_group_id
from animal_recommender.aws_errors import Deadline, Failure, classify, delays
from animal_recommender.clients import client
from animal_recommender.request_handling import respond
from animal_recommender.timestamps import iso, parse_time
from animal_recommender.validation import FieldError, Fields, ValidationError, parse_json
from tests.unit.functions.fakes import METADATA, FakeContext, error


def group(*values: Any) -> str:
    return animal_group_id(dict(zip(METADATA, values, strict=True)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1", "domestic short hair", "1", "1"), "1-domestic short hair-1-1"),
        ((2, "Saint_Bernard", 3, 2), "2-Saint_Bernard-3-2"),
        ((2.0, "Shar-Pei", "05", 1.0), "2-Shar-Pei-5-1"),
        ((3, 77, 1, 1), "3-77-1-1"),
    ],
)
def test_given_an_animal_then_its_group_has_one_id(values: Any, expected: str) -> None:
    assert group(*values) == expected


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ((0, "x", 0, 6), ["animal_species_id", "animal_size_id", "animal_age_id"]),
        ((True, "", None, "1.5"), ["animal_species_id", "animal_primary_breed_id", "animal_size_id", "animal_age_id"]),
        ((1, "  ", 1, 1), ["animal_primary_breed_id"]),
        ((1, "x" * 250, 1, 1), []),
        ((1, "x" * 251, 1, 1), ["animal_primary_breed_id"]),
        ((1, "\ud800", 1, 1), ["animal_primary_breed_id"]),
        (("\u0661", "x", "1\u00b2", 1), ["animal_species_id", "animal_size_id"]),
    ],
)
def test_given_wrong_metadata_then_every_wrong_field_is_named(values: Any, wrong: list[str]) -> None:
    found = []
    try:
        group(*values)
    except ValidationError as raised:
        found = [problem.field for problem in raised.errors]
    assert found == [f"animalMetadata.{name}" for name in wrong]


@pytest.mark.parametrize("metadata", [None, [], "text", 7])
def test_given_no_object_then_the_whole_is_named(metadata: Any) -> None:
    with pytest.raises(ValidationError, match=r"^animalMetadata: must be a JSON object$"):
        animal_group_id(metadata)


def test_given_wrong_values_then_the_error_never_repeats_them() -> None:
    fields = Fields({"a": "SECRET" * 99, "b": "SECRET", "c": ["SECRET"]})
    fields.text("a")
    fields.integer("b", minimum=1, maximum=2)
    fields.identifier("c")
    with pytest.raises(ValidationError) as raised:
        fields.finish()
    assert len(raised.value.errors) == 3
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [(b"\xff", "not-utf-8"), ("[" * 99_999, "too-deep"), ("NaN", "not-json"), ("9" * 9999, "not-json")],
)
def test_given_what_is_not_strict_json_then_the_reason_is_told(text: Any, reason: str) -> None:
    with pytest.raises(ValidationError) as raised:
        parse_json(text, "data")
    assert raised.value.reason == reason


def echo(payload: Any) -> Any:
    if payload.get("bad"):
        raise ValidationError([FieldError("bad", "must not be"), FieldError("b", "too")])
    return {"got": payload}


REST = {"httpMethod": "POST", "path": "/x", "requestContext": {"stage": "live"}, "isBase64Encoded": False}
HTTP = {"version": "2.0", "routeKey": "POST /x", "requestContext": {"http": {"method": "POST"}}}


@pytest.mark.parametrize(
    "event",
    [
        {"body": {"a": 1}},
        {"body": '{"a": 1}'},
        {**REST, "body": '{"a": 1}'},
        {**HTTP, "body": '{"a": 1}', "isBase64Encoded": False},
        {**HTTP, "body": base64.b64encode(b'{"a": 1}').decode(), "isBase64Encoded": True},
    ],
)
def test_given_a_body_then_the_answer_is_a_proxy_response(event: Any) -> None:
    answer = respond(event, echo)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"]) == {"got": {"a": 1}}


def test_given_a_bare_payload_then_the_answer_is_the_bare_result() -> None:
    assert respond({"a": 1}, echo) == {"got": {"a": 1}}


def test_given_bad_input_then_a_bare_call_raises_and_a_body_is_answered_with_400() -> None:
    with pytest.raises(ValidationError, match="bad: must not be; b: too"):
        respond({"bad": 1}, echo)

    answer = respond({"body": {"bad": 1}}, echo)
    assert answer["statusCode"] == 400
    errors = [{"field": "bad", "message": "must not be"}, {"field": "b", "message": "too"}]
    assert json.loads(answer["body"]) == {"message": "The request is not valid", "errors": errors}


@pytest.mark.parametrize(
    "event",
    [
        {**HTTP},
        {**REST, "body": None},
        {**REST, "body": "{"},
        {**REST, "body": "[]"},
        {"body": "*", "isBase64Encoded": True},
        {"body": "é", "isBase64Encoded": True},
        {"body": base64.b64encode(b"\xff").decode(), "isBase64Encoded": True},
    ],
)
def test_given_no_json_object_in_the_body_then_the_answer_is_400(event: Any) -> None:
    assert respond(event, echo)["statusCode"] == 400


@pytest.mark.parametrize("event", [None, [], "text", 7])
def test_given_no_object_at_all_then_it_is_invalid(event: Any) -> None:
    with pytest.raises(ValidationError, match="payload"):
        respond(event, echo)


@pytest.mark.parametrize(
    "value",
    [
        1_790_000_000,
        1_790_000_000.0,
        "1790000000",
        "2026-09-21T14:13:20Z",
        "2026-09-21T16:13:20+02:00",
        "2026-09-21 14:13:20",
    ],
)
def test_given_each_way_to_write_a_time_then_it_is_the_same(value: Any) -> None:
    assert parse_time(value) == 1_790_000_000


@pytest.mark.parametrize(
    "value", [True, None, -1, float("inf"), float("nan"), 10**400, "soon", "0001-01-01T00:00:00+23:59x", [], "1" * 50]
)
def test_given_no_time_then_there_is_none(value: Any) -> None:
    assert parse_time(value) is None


@given(st.floats(0, 4e9), st.floats(0, 4e9))
def test_times_sort_as_text_as_they_do_as_numbers(a: float, b: float) -> None:
    earlier, later = sorted([round(a, 3), round(b, 3)])
    assert iso(earlier) <= iso(later)
    assert datetime.fromisoformat(iso(earlier)).astimezone(UTC).timestamp() == pytest.approx(earlier, abs=1e-5)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (error("InvalidInputException"), Failure.INVALID),
        (ParamValidationError(report="x"), Failure.INVALID),
        (error("ThrottlingException"), Failure.TRANSIENT),
        (error("Whatever", 429), Failure.TRANSIENT),
        (error("Whatever", 503), Failure.TRANSIENT),
        (ReadTimeoutError(endpoint_url="x"), Failure.TRANSIENT),
        (error("ResourceNotFoundException", 404), Failure.BROKEN),
        (error("AccessDeniedException", 403), Failure.BROKEN),
    ],
)
def test_given_an_error_then_it_is_known_what_can_be_done(fault: Any, kind: Failure) -> None:
    assert classify(fault) is kind


def test_given_a_deadline_then_it_keeps_the_reserve_but_at_most_a_quarter() -> None:
    clock = [100.0]
    long, short = (Deadline(FakeContext(ms), 4.0, lambda: clock[0]) for ms in (60_000, 2_000))
    assert (long.allows(55.9), long.allows(56.1)) == (True, False)
    assert (short.allows(1.4), short.allows(1.6)) == (True, False)


def test_delays_grow_with_jitter_up_to_their_limit() -> None:
    waits = delays(first=0.1, longest=1.0)
    for ceiling in (0.1, 0.2, 0.4, 0.8, 1.0, 1.0):
        assert ceiling / 2 <= next(waits) <= ceiling


def test_clients_are_made_once_and_with_our_limits() -> None:
    made = client("sqs", read_timeout=1.5, attempts=2)
    assert made is client("sqs", read_timeout=1.5, attempts=2)
    assert (made.meta.config.read_timeout, made.meta.config.retries["total_max_attempts"]) == (1.5, 2)
    assert made.meta.region_name == "eu-west-1"
