"""Events: each form in which apps send one is the same event, and every wrong field is named."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from animal_recommender.event_types import EventTypes
from animal_recommender.events import Event, parse_event
from animal_recommender.validation import ValidationError
from tests.unit.functions.streams import METADATA, NOW, event

PLACE = "shardId-000000000000:1"


def parse(document: Any) -> Event:
    return parse_event(document, position=0, record=0, place=PLACE, arrival=NOW, event_types=EventTypes())


def refusal(document: Any) -> ValidationError:
    with pytest.raises(ValidationError) as raised:
        parse(document)
    return raised.value


def with_animal(**changes: Any) -> dict[str, Any]:
    return event(animalMetadata={**METADATA, **changes})


@pytest.mark.parametrize(
    "document",
    [
        event(userId=12345),
        event(userId=12345.0),
        {"Partitionkey": "p", "Data": event()},
        {"PartitionKey": "p", "Data": json.dumps(event())},
        event(timestamp=str(NOW)),
        event(timestamp=datetime.fromtimestamp(NOW, UTC).isoformat()),
        with_animal(animal_size_id=1, animal_age_id=2.0, animal_species_id=1),
    ],
)
def test_given_each_valid_form_then_it_is_the_same_event(document: Any) -> None:
    assert parse(document) == Event(
        position=0,
        record=0,
        place=PLACE,
        event_id=PLACE,
        timestamp=NOW,
        session_id="s-1",
        user_id="12345",
        event_type="DetailView",
        item_id="1-Russian_Blue-1-2",
        metadata=METADATA,
    )


def test_given_all_optional_fields_then_they_are_kept() -> None:
    found = parse(event(eventId=7, animal_id=98765, recommendationId="r", impression=["1-a-1-1", 5], eventValue=2))

    assert (found.event_id, found.animal_id, found.recommendation_id) == ("7", "98765", "r")
    assert (found.impression, found.event_value, found.place) == (("1-a-1-1", "5"), 2.0, PLACE)


@pytest.mark.parametrize(
    ("field", "document"),
    [
        *(("userId", event(userId=value)) for value in (["a"], {}, True, 1.5, "x" * 257, "\ud800")),
        *(("sessionId", event(sessionId=value)) for value in (..., "", " ", "undefined", "null", {})),
        *(("eventType", event(eventType=value)) for value in (..., 7, "", " ", "undefined", ["DetailView"], "x" * 257)),
        *(("eventId", event(eventId=value)) for value in ("", [], {}, 0.5, "x" * 257)),
        *(("timestamp", event(timestamp=value)) for value in ("9999-01-01T00:00:00Z", -1, True, "soon", [], 10**30)),
        *(("impression", event(impression=value)) for value in ([], "1-a-1-1", [""], [{}], ["x"] * 26)),
        *(("recommendationId", event(recommendationId=value)) for value in ("r" * 41, 7)),
        *(("eventValue", event(eventValue=value)) for value in (float("inf"), 1e-200, 3.5e38, 10**400, True, "1")),
        *(("animalMetadata.animal_age_id", with_animal(animal_age_id=value)) for value in (6, -1, "1.5", [], {})),
        *(("animalMetadata", event(animalMetadata=value)) for value in (None, [], "text", 7)),
    ],
)
def test_given_a_wrong_field_then_it_is_named(field: str, document: Any) -> None:
    error = refusal(document)

    assert error.reason == "invalid-fields"
    assert [found.field for found in error.errors] == [field]


def test_given_a_misspelt_size_then_the_right_name_is_told() -> None:
    error = refusal(with_animal(animal_size_id=None, AnimalSizeId=2))

    assert str(error) == "animalMetadata.AnimalSizeId: is unknown; did you mean animal_size_id?"


@pytest.mark.parametrize("value", [0, -0.0, 7, 1.2e-38, -3.4e38])
def test_given_an_event_value_that_all_stores_can_hold_then_it_is_kept(value: float) -> None:
    assert parse(event(eventValue=value)).event_value == value


def test_given_milliseconds_then_the_error_says_so() -> None:
    assert "milliseconds" in str(refusal(event(timestamp=NOW * 1000)))


def test_given_an_envelope_in_an_envelope_then_it_is_refused() -> None:
    assert refusal({"Data": {"Data": event()}}).reason == "envelope-in-envelope"


@pytest.mark.parametrize("document", ["a text", 7, None, True, {"Data": "7"}, {"Data": []}])
def test_given_no_object_then_it_is_refused(document: Any) -> None:
    assert refusal(document).reason == "not-an-object"


@pytest.mark.parametrize(
    ("document", "words"), [({"Data": "[{}]"}, "is an array"), ([event()], "is an array"), ("{}", "is a string")]
)
def test_given_an_array_or_a_string_for_an_event_then_the_error_says_so(document: Any, words: str) -> None:
    assert words in str(refusal(document))


@pytest.mark.parametrize("name", ["user_id", "userID", "UserId", "USERID", "USER-ID", "user.id"])
def test_given_a_misspelt_user_then_the_right_name_is_told(name: str) -> None:
    assert str(refusal(event(userId=..., **{name: "u"}))) == f"{name}: is unknown; did you mean userId?"


def test_given_a_misspelt_user_with_a_space_then_the_right_name_is_told() -> None:
    assert str(refusal(event(userId=..., **{"userId ": "u"}))) == "(unusual name): is unknown; did you mean userId?"


@pytest.mark.parametrize("user", ["", "undefined", "null", "NaN", "n/a", "Unknown", " "])
def test_given_a_placeholder_as_user_then_the_event_is_of_nobody(user: str) -> None:
    found = parse(event(userId=user))

    assert (found.user_id, found.placeholder_user) == (None, True)


def test_given_an_animal_of_unknown_size_and_age_then_its_group_and_metadata_say_so() -> None:
    found = parse(with_animal(animal_size_id=None, animal_age_id="unknown"))

    assert found.item_id == "1-Russian_Blue-0-0"
    assert found.metadata == {**METADATA, "animal_size_id": "0", "animal_age_id": "0"}


def test_given_unknown_fields_then_they_are_named_with_their_path_and_odd_names_are_hidden() -> None:
    document = event(time_stamp=1, animalMetadata={**METADATA, "colour": {"a": [1]}, "ann@example.org": 1})

    assert parse(document).unknown_fields == ("time_stamp", "animalMetadata.colour", "animalMetadata.(unusual name)")


@pytest.mark.parametrize("sent", ["detail_view", "DETAILVIEW ", "DetailViews", "DetialView"])
def test_given_another_spelling_of_a_type_then_it_is_refused_and_the_right_one_told(sent: str) -> None:
    error = refusal(event(eventType=sent))

    assert error.reason == "event-type"
    assert str(error) == "eventType: is another spelling of DetailView: send it exactly so"


def test_given_another_spelling_and_a_wrong_field_then_both_are_named() -> None:
    error = refusal(event(eventType="favourite", eventId={}))

    assert (error.reason, [found.field for found in error.errors]) == ("invalid-fields", ["eventType", "eventId"])


@pytest.mark.parametrize(("sent", "unknown"), [("DetailView", False), ("Share", True)])
def test_given_a_type_then_the_event_tells_whether_it_is_known(sent: str, unknown: bool) -> None:
    found = parse(event(eventType=sent))

    assert (found.event_type, found.unknown_type) == (sent, unknown)
