"""Schemas, CSV files and the interaction log."""

import json

import pytest
from botocore.exceptions import ClientError

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.data import InteractionLog, StreamedEvent
from local_aws.personalize.data.csv_files import read_csv
from local_aws.personalize.data.s3_files import split_location
from local_aws.personalize.errors import InvalidInputError, JobFailedError
from local_aws.personalize.training import EventFilter
from local_aws.testing.in_process import INTERACTIONS, ITEMS, NOW, World, interactions_csv, schema

_USER = {"name": "USER_ID", "type": "string"}
_ITEM = {"name": "ITEM_ID", "type": "string"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not valid JSON"),
        ("[]", "record"),
        (json.dumps({"type": "record", "name": "Other"}), "Interactions, Items, Users"),
        (json.dumps({"type": "record", "name": "Items", "namespace": "x"}), "namespace"),
        (schema("Items"), "at least one field"),
        (schema("Interactions", _USER, _ITEM), "TIMESTAMP"),
        (schema("Interactions", _USER, _ITEM, {"name": "TIMESTAMP", "type": "string"}), "of type long"),
        (schema("Items", _ITEM), "metadata field"),
        (schema("Items", _ITEM, _ITEM), "twice"),
        (schema("Items", _ITEM, {"name": "A", "type": "array"}), "field A"),
        (schema("Items", _ITEM, {"name": "A", "type": "int", "categorical": True}), "categorical"),
        (schema("Items", _ITEM, {"name": "A", "type": {"type": "map"}}), "field A"),
        (schema("Items", _ITEM, {"name": "A", "type": [["int"]]}), "field A"),
        (schema("Items", _ITEM, {"name": "A,B", "type": "int"}), "letters"),
        (json.dumps({"type": "record", "name": {"a": 1}}), "Interactions, Items, Users"),
        ("[" * 20_000, "nested too deeply"),
        (schema("Users", {"name": "USER_ID", "type": ["null", "string"]}, {"name": "A", "type": "int"}), "required"),
    ],
)
def test_given_a_wrong_schema_when_read_then_the_error_says_what(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        parse_schema(text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "line 1: the header"),
        ("ITEM_ID,USER_ID,TIMESTAMP,EVENT_TYPE\n", "found ITEM_ID,USER_ID"),
        ("{header}\nu,i,5,view\nu,i,6\n", "line 3: expected 4 values, found 3"),
        ("{header}\nu,i,5,view\n\nu,i,soon,view\n", "line 4, column TIMESTAMP: 'soon' is not a whole number"),
        ("{header}\nu,i,1700000000000,view\n", "line 2, column TIMESTAMP: '1700000000000' is not in epoch seconds"),
        ("{header}\n,i,5,view\n", "line 2, column USER_ID: a value is missing"),
        ('{header}\n"u\n1",i,5,view\nu,' + "i" * 257 + ",5,view\n", "line 4, column ITEM_ID: an id has at most 256"),
        ('{header}\n"u,i,5,view\n', "line 2: unexpected end of data"),
        ("{header}\nu,i,1_700,view\n", "line 2, column TIMESTAMP: '1_700' is not a whole number"),
        ("{header}\nu,i,\u0661,view\n", "line 2, column TIMESTAMP: '\u0661' is not a whole number"),
        ("{header}\nu,i," + "9" * 5000 + ",view\n", "line 2, column TIMESTAMP: '9+...' is beyond a long"),
    ],
)
def test_given_a_malformed_file_when_read_then_line_and_column_are_told(body: str, message: str) -> None:
    content = body.replace("{header}", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE").encode()
    with pytest.raises(JobFailedError, match=message):
        read_csv("f.csv", content, parse_schema(INTERACTIONS))


@pytest.mark.parametrize("price", ["nan", "inf", "1e999", "1_0", " 1"])
def test_given_a_price_that_is_no_finite_number_when_read_then_line_and_column_are_told(price: str) -> None:
    content = f"ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP\na,cat,{price},7\n".encode()
    with pytest.raises(JobFailedError, match=f"line 2, column PRICE: '{price}' is not a number"):
        read_csv("f.csv", content, parse_schema(ITEMS))


@pytest.mark.parametrize(
    ("location", "expected"),
    [("s3://b/a#1?x.csv", ("b", "a#1?x.csv")), ("s3://b/in/", ("b", "in/")), ("s3://b", ("b", ""))],
)
def test_given_any_key_when_a_location_is_split_then_the_key_is_whole(location: str, expected: tuple[str, str]) -> None:
    assert split_location(location) == expected


@pytest.mark.parametrize("location", ["http://b/k", "s3:///k", "b/k"])
def test_given_no_s3_location_when_split_then_it_is_refused(location: str) -> None:
    with pytest.raises(JobFailedError, match="is not an s3://BUCKET/KEY location"):
        split_location(location)


def test_given_bytes_that_are_no_text_when_read_then_the_line_is_told() -> None:
    with pytest.raises(JobFailedError, match="line 2 is not UTF-8"):
        read_csv("f.csv", b"ITEM_ID\n\xff\xfe", parse_schema(ITEMS))


def test_given_a_file_when_read_then_values_have_their_types_and_empty_is_none() -> None:
    columns = read_csv(
        "f.csv", b'ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP\na,"cat|x",1.5,7\nb,,,\n', parse_schema(ITEMS)
    )
    assert columns == {
        "ITEM_ID": ["a", "b"],
        "SPECIES": ["cat|x", None],
        "PRICE": [1.5, None],
        "CREATION_TIMESTAMP": [7, None],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [(interactions_csv(users=2), "40 interactions; at least 1000"), ("USER_ID\n", "header")],
)
def test_given_bad_data_when_imported_then_the_job_fails_with_the_reason(world: World, text: str, message: str) -> None:
    world.make("Interactions", INTERACTIONS)
    job = world.load("Interactions", text)
    assert job["status"] == "CREATE FAILED"
    assert message in job["failureReason"]


def test_given_no_such_file_or_role_when_imported_then_the_job_fails_with_the_reason(world: World) -> None:
    world.make("Interactions", INTERACTIONS)
    source = {"dataLocation": "s3://data/absent.csv"}
    role = "arn:aws:iam::123456789012:role/absent"
    request = {"datasetArn": world.arns["Interactions"], "dataSource": source, "roleArn": role}
    world.call("CreateDatasetImportJob", jobName="no-file", **request)
    world.done()
    world.app.service()._s3 = _refuse
    world.call("CreateDatasetImportJob", jobName="no-role", **request)
    world.done()
    reasons = [job["failureReason"] for job in world.call("ListDatasetImportJobs")["datasetImportJobs"]]
    assert "s3://data/absent.csv: NoSuchKey" in reasons[0]
    assert "role/absent does not exist" in reasons[1]


def _refuse(role: str, job: str) -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"{role} is not to be taken"}}, "AssumeRole")


def _event(event_id: str, second: int, item: str = "i", user: str | None = None, session: str = "s") -> StreamedEvent:
    return StreamedEvent(user, session, event_id, NOW + second, "view", item)


def test_given_events_out_of_order_when_read_then_the_history_is_by_time() -> None:
    log = InteractionLog()
    for number, second in enumerate([5, 1, 3, 2, 4]):
        assert log.record(_event(f"e{number}", second, item=f"i{second}", user="u"))
    assert [event.item_id for event in log.history("u", 3)] == ["i3", "i4", "i5"]
    assert log.newest() == NOW + 5


def test_given_a_session_that_changes_hands_when_joined_then_each_users_events_stay_his() -> None:
    log = InteractionLog()
    log.record(_event("1", 1, "a"))
    log.record(_event("2", 2, "b", user="first"))
    log.record(_event("3", 3, "c", user="second"))
    log.record(_event("4", 4, "d"))
    assert [event.item_id for event in log.history("first", 9)] == ["a", "b"]
    assert [event.item_id for event in log.history("second", 9)] == ["c", "d"]
    assert [event.item_id for event in log.history("s", 9)] == ["a", "b", "c", "d"]


def test_given_users_to_forget_when_forgotten_then_only_theirs_goes() -> None:
    log = InteractionLog()
    log.record(_event("1", 1, user="u", session="x"))
    log.record(_event("2", 2, user="v", session="y"))
    assert log.forget_users({"u"}) == 1
    assert log.history("u", 9) == []
    assert len(log.history("v", 9)) == 1


def test_given_anonymous_events_when_columns_are_made_for_training_then_only_known_users_count() -> None:
    log = InteractionLog()
    log.record(_event("1", 1, user="u", session="x"))
    log.record(_event("2", 2, session="stranger"))
    log.record(StreamedEvent("u", "x", "3", NOW, "search"))
    interactions = EventFilter().of_columns(log.columns())
    assert (interactions.user_ids, interactions.item_ids) == (["u"], ["i"])
