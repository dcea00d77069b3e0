"""The function normalize_events: the contract of Firehose's data transformation."""

import base64
import gzip
import io
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from animal_recommender.animal_groups import GroupFields
from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_table import pet_item
from normalize_events.function import MAX_RESPONSE_BYTES, Settings, make_handler
from tests.unit.functions.animal_recommender.test_record_formats import kpl
from tests.unit.functions.fakes import THROTTLED, FakeContext, FakeDynamoDB
from tests.unit.functions.streams import NOW, event, firehose, sequence_number

GOOD = json.dumps(event(), indent=2).encode()
REFUSED = [b"not JSON", b"", gzip.compress(GOOD)[:-9], b"[]", b"42"]


def normalize(dynamodb: FakeDynamoDB) -> Any:
    """A process of the function."""
    return make_handler(Settings("pets", DEFAULT_AGE_LIMITS), make_dynamodb=lambda: dynamodb)


def transform(*datas: bytes) -> list[dict[str, Any]]:
    """Transform a batch; the response must be one that Firehose and Lambda accept."""
    batch = firehose(*datas)
    handler = normalize(FakeDynamoDB())
    response = handler(batch, FakeContext())
    assert len(json.dumps(response)) <= MAX_RESPONSE_BYTES
    assert response == handler(batch, FakeContext())
    assert [record["recordId"] for record in response["records"]] == [one["recordId"] for one in batch["records"]]
    return response["records"]


def data(record: dict[str, Any]) -> bytes:
    return base64.b64decode(record["data"], validate=True)


def metrics(written: str) -> dict[str, float]:
    lines = [json.loads(line) for line in written.splitlines()]
    return {name: value[0] for name, value in lines[-1].items() if isinstance(value, list)}


def test_given_several_forms_when_transformed_then_each_record_is_the_lines_of_its_events() -> None:
    forms = (GOOD, gzip.compress(GOOD + GOOD), kpl(GOOD, GOOD, GOOD), b"[" + GOOD + b"," + GOOD + b"]")

    records = transform(*forms)

    line = json.dumps(event(), separators=(",", ":")).encode() + b"\n"
    assert [(record["result"], data(record)) for record in records] == [
        ("Ok", line), ("Ok", 2 * line), ("Ok", 3 * line), ("Ok", 2 * line),
    ]  # fmt: skip


def test_given_records_without_an_event_when_transformed_then_they_fail_with_their_bytes_alone() -> None:
    records = transform(GOOD, *REFUSED, GOOD)

    assert [record["result"] for record in records] == ["Ok", *["ProcessingFailed"] * len(REFUSED), "Ok"]
    assert [data(record) for record in records[1:-1]] == REFUSED


def test_given_a_record_with_a_broken_part_when_transformed_then_its_good_events_are_stored() -> None:
    (record,) = transform(GOOD + b"\n{broken\n" + GOOD)

    assert record["result"] == "Ok"
    assert len(data(record).splitlines()) == 2


def test_given_records_that_unpack_to_more_than_a_response_holds_then_only_those_that_do_not_fit_fail() -> None:
    letters = random.Random(1).choices("0123456789abcdef", k=10_000)
    event_text = json.dumps(event(pad="".join(letters))).encode()
    small, large = gzip.compress(event_text), gzip.compress(event_text * 1_000)  # 10 MB of lines

    records = transform(small, large, GOOD, *[gzip.compress(event_text * 50)] * 12)

    results = [record["result"] for record in records]
    assert results[:3] == ["Ok", "ProcessingFailed", "Ok"]
    assert data(records[1]) == large
    assert results[3:].count("Ok") >= 5
    assert results[-1] == "ProcessingFailed"


def test_given_a_batch_when_transformed_then_it_is_counted_and_the_log_names_places_and_no_data(
    capsys: pytest.CaptureFixture[str], logs: io.StringIO
) -> None:
    normalize(FakeDynamoDB())(firehose(GOOD + GOOD, b"secret", GOOD + b"\n{secret"), FakeContext())

    found = metrics(capsys.readouterr().out)
    assert found == {"RawEventsStored": 3, "RawEventsUnreadable": 2, "RawRecordsFailed": 1, "RawEventsWithoutGroup": 0}
    written = [json.loads(line) for line in logs.getvalue().splitlines()]
    assert [(line["message"], line.get("reason"), line.get("sequenceNumber")) for line in written] == [
        ("Record not stored", "not-json", sequence_number(1)),
        ("Part of a record is no event", "not-json", sequence_number(2)),
        ("Batch transformed", None, None),
    ]
    assert "secret" not in logs.getvalue()


# --- Events that name a pet without its group -------------------------------------------------------------------------


@pytest.fixture
def dynamodb() -> FakeDynamoDB:
    """A catalogue with one pet, which was born a year and some days before NOW."""
    table = FakeDynamoDB()
    animal = dict(zip(GroupFields(), ("2", "Pug", "2", "0"), strict=True))
    born = datetime.fromtimestamp(NOW, UTC).date() - timedelta(days=370)
    item = pet_item(Pet("p", animal, "adopted", "then", listed_at="then", birth_date=born.isoformat()))
    table.items[item["pk"]["S"], item["sk"]["S"]] = item
    return table


def lines(handler: Any, *events: object) -> list[Any]:
    batch = firehose(*(json.dumps(one).encode() for one in events))
    return [json.loads(data(record)) for record in handler(batch, FakeContext())["records"]]


def of_pet(pet_id: object = "p", **changes: Any) -> dict[str, Any]:
    return event(animal_id=pet_id, animalMetadata=..., **changes)


def test_given_an_animal_id_alone_then_the_line_has_the_group_of_the_day_of_the_event(dynamodb: FakeDynamoDB) -> None:
    a_month_ago = NOW - 30 * 86_400

    now, then, wrapped, named = lines(
        normalize(dynamodb), of_pet(), of_pet(timestamp=a_month_ago), {"Data": of_pet()}, event(animal_id="p")
    )

    pug = dict(zip(GroupFields(), ("2", "Pug", "2", "2"), strict=True))
    assert now == {**of_pet(), "animalMetadata": pug}
    assert then["animalMetadata"] == {**pug, "animal_age_id": "1"}
    assert wrapped == now
    assert named == event(animal_id="p")  # as the app says
    assert dynamodb.calls == 1


def test_given_pets_that_the_catalogue_never_had_then_the_lines_stay_and_are_counted(
    dynamodb: FakeDynamoDB, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = [of_pet("gone"), of_pet(["p"]), of_pet(""), of_pet(None)]

    assert lines(normalize(dynamodb), *odd) == odd

    assert metrics(capsys.readouterr().out)["RawEventsWithoutGroup"] == 1


def test_given_a_table_that_does_not_answer_then_the_events_are_stored_as_they_were_sent(
    dynamodb: FakeDynamoDB, capsys: pytest.CaptureFixture[str]
) -> None:
    dynamodb.faults = [THROTTLED] * 8
    handler = normalize(dynamodb)

    assert lines(handler, of_pet()) == [of_pet()]
    assert metrics(capsys.readouterr().out)["RawEventsWithoutGroup"] == 1

    dynamodb.faults = []
    assert lines(handler, of_pet())[0]["animalMetadata"]["animal_primary_breed_id"] == "Pug"


def test_given_events_with_groups_only_then_no_table_is_read() -> None:
    handler = make_handler(Settings("pets", DEFAULT_AGE_LIMITS), make_dynamodb=lambda: pytest.fail("not needed"))

    assert lines(handler, event(), event(animal_id="p")) == [event(), event(animal_id="p")]
