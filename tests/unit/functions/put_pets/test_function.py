"""put_pets: what is written, answered and refused, by invocation and by HTTP."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from put_pets.function import Settings, make_handler
from tests.support.openapi import faults, request_schema, response_schema
from tests.unit.functions.fakes import THROTTLED, FakeContext
from tests.unit.functions.pets_table import FakeFunctions, FakePetsTable, pet


@pytest.fixture
def table() -> FakePetsTable:
    return FakePetsTable()


@pytest.fixture
def functions() -> FakeFunctions:
    return FakeFunctions()


@pytest.fixture
def put(table: FakePetsTable, functions: FakeFunctions) -> Any:
    handler = make_handler(
        Settings("pets", "publish:live"),
        dynamodb=table,
        functions=functions,  # type: ignore[arg-type]
    )
    return lambda payload: handler(payload, FakeContext())


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if value}


def test_given_pets_then_they_are_there_and_the_change_is_announced(
    put: Any, table: FakePetsTable, functions: FakeFunctions
) -> None:
    assert shown(put({"pets": [pet("1"), pet("2", status="pending")]})) == {"added": ["1", "2"]}
    assert table.statuses() == {"1": "available", "2": "pending"}
    assert functions.invoked == ["publish:live"]
    assert ("catalogue", "catalogue") in table.items


def test_given_the_same_pets_again_then_nothing_changes_and_nothing_is_announced(
    put: Any, functions: FakeFunctions
) -> None:
    put({"pets": [pet("1")]})
    assert shown(put({"pets": [pet("1")]})) == {"unchanged": ["1"]}
    assert functions.invoked == ["publish:live"]


def test_given_older_data_then_the_pet_stays_and_is_named_as_stale(put: Any, table: FakePetsTable) -> None:
    put({"pets": [pet("1")]})
    old = pet("1", status="adopted", updatedAt="2026-01-01T00:00:00Z")
    assert shown(put({"pets": [old]})) == {"stale": ["1"]}
    assert table.statuses() == {"1": "available"}


def test_given_some_pets_that_are_not_valid_then_the_others_are_written(put: Any, table: FakePetsTable) -> None:
    answer = put({"pets": [pet("1"), pet("2", status="sold", size=7), pet("1", name="again"), {"species": 2}]})
    assert answer["added"] == ["1"]
    assert [
        (one["index"], one.get("id"), [wrong["field"] for wrong in one["errors"]]) for one in answer["refused"]
    ] == [
        (1, "2", ["pets[1].size", "pets[1].status"]),
        (2, "1", ["pets[2].id"]),
        (3, None, ["pets[3].id", "pets[3].breed", "pets[3].status"]),
    ]
    assert table.statuses() == {"1": "available"}


def test_given_ids_then_their_pets_are_removed_and_unknown_ones_are_named(put: Any, table: FakePetsTable) -> None:
    put({"pets": [pet("1"), pet("2", updatedAt="2100-01-01T00:00:00Z")]} | {"pets": [pet("1"), pet("2")]})
    assert shown(put({"ids": ["1", 2, "9"]})) == {"removed": ["1", "2"], "unknown": ["9"]}
    assert table.statuses() == {"1": "removed", "2": "removed"}
    assert table.history("1") == ["available", "removed"]
    assert shown(put({"ids": ["1"]})) == {"unchanged": ["1"]}


def test_given_data_that_are_ahead_of_the_clock_then_the_pet_can_still_be_removed(
    put: Any, table: FakePetsTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    put({"pets": [pet("1")]})
    monkeypatch.setattr("put_pets.function.time.time", lambda: 1_000_000_000.0)
    assert shown(put({"ids": ["1"]})) == {"removed": ["1"]}
    assert table.statuses() == {"1": "removed"}


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "pets"),
        ({"pets": []}, "pets"),
        ({"pets": {}}, "pets"),
        ({"pets": [pet(str(number)) for number in range(101)]}, "pets"),
        ({"ids": []}, "ids"),
        ({"ids": ["1"], "pets": [pet("1")]}, "pets"),
        ({"ids": [None]}, "ids[0]"),
        ({"changes": []}, "changes"),
        ({"changes": [{"id": "1"}]}, "changes[0].status"),
        ({"changes": [{"status": "adopted"}]}, "changes[0].id"),
        ({"changes": ["1"]}, "changes[0]"),
        ({"changes": [{"id": "1", "status": "adopted"}], "ids": ["1"]}, "changes"),
        ({"pets": [{**pet("1"), "breed": ""}]}, "pets[0].breed"),
        ({"pets": [5]}, "pets[0]"),
        ({"pet": [pet("1")]}, "pet"),
    ],
)
def test_given_a_wrong_request_then_every_wrong_field_is_named_and_nothing_is_written(
    put: Any, table: FakePetsTable, payload: Any, field: str
) -> None:
    answer = put(payload)
    assert field in [one["field"] for one in answer["errors"]]
    assert table.items == {}


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"pets": [None]}, ("pets[0]", "must be a JSON object")),
        ({"changes": [5]}, ("changes[0]", "must be a JSON object")),
        ({"pets": [pet("1")], "ids": ["1"]}, ("pets", "must not come with ids: make a request for each")),
    ],
)
def test_given_one_thing_that_is_wrong_then_there_is_one_error(put: Any, payload: Any, error: tuple[str, str]) -> None:
    assert [tuple(one.values()) for one in put(payload)["errors"]] == [error]


def http(method: str, payload: Any) -> dict[str, Any]:
    return {"requestContext": {"http": {"method": method, "path": "/pets"}}, "body": json.dumps(payload)}


def test_given_http_then_the_method_decides_and_answers_fit_the_description(put: Any, table: FakePetsTable) -> None:
    put_request, delete_request = {"pets": [pet("1"), {"id": "2"}]}, {"ids": ["1", "7"]}
    patch_request = {"changes": [{"id": "1", "name": "Max"}, {"id": "1", "name": "?"}]}
    for method, operation, request in (
        ("PUT", "put_pets", put_request),
        ("PATCH", "change_pets", patch_request),
        ("DELETE", "remove_pets", delete_request),
    ):
        answer = put(http(method, request))
        assert answer["statusCode"] == 200
        assert faults(json.loads(answer["body"]), response_schema(operation, 200)) == []
    assert faults({"pets": [pet("1", fields={"a": "b"})]}, request_schema("put_pets")) == []
    assert faults(patch_request, request_schema("change_pets")) == []
    assert faults(delete_request, request_schema("remove_pets")) == []
    assert table.statuses() == {"1": "removed"}
    for method, request in (
        ("DELETE", {"pets": [pet("1")]}),
        ("PUT", {"ids": ["1"]}),
        ("PATCH", {"pets": [pet("1")]}),
        ("PUT", {"changes": [{"id": "1", "status": "available"}]}),
    ):
        refused = put(http(method, request))
        assert refused["statusCode"] == 400
        assert faults(json.loads(refused["body"]), response_schema("put_pets", 400)) == []
    assert table.statuses() == {"1": "removed"}


def test_given_a_publisher_that_does_not_answer_then_the_pets_are_acknowledged_all_the_same(
    put: Any, functions: FakeFunctions
) -> None:
    functions.faults.append(THROTTLED)
    assert put({"pets": [pet("1")]})["added"] == ["1"]


def test_given_a_table_that_does_not_answer_then_the_function_fails(put: Any, table: FakePetsTable) -> None:
    def refuse(operation: str) -> None:
        raise THROTTLED

    table.before_call = refuse
    with pytest.raises(ClientError):
        put({"pets": [pet("1")]})


# --- Changes of single fields -----------------------------------------------------------------------------------------


def test_given_a_status_then_it_changes_and_every_other_field_stays(
    put: Any, table: FakePetsTable, functions: FakeFunctions
) -> None:
    put({"pets": [pet("1", latitude=48.2, longitude=16.4, fields={"sex": "female"}, birthDate="2024-05-31")]})
    before = table.pets()["1"]

    assert shown(put({"changes": [{"id": "1", "status": "adopted"}]})) == {"changed": ["1"]}

    after = table.pets()["1"]
    assert after == before._replace(status="adopted", updated_at=after.updated_at)
    assert after.updated_at > before.updated_at
    assert table.history("1") == ["available", "adopted"]
    assert functions.invoked == ["publish:live"] * 2
    assert shown(put({"changes": [{"id": "1", "status": "adopted"}]})) == {"unchanged": ["1"]}
    assert functions.invoked == ["publish:live"] * 2


def test_given_other_fields_then_null_empties_them_and_those_of_the_site_are_merged(
    put: Any, table: FakePetsTable
) -> None:
    put({"pets": [pet("1", fields={"sex": "female", "story": "Shy."}, birthDate="2024-05-31")]})

    changes = [{"id": 1, "name": None, "shelter": "south", "age": 4, "fields": {"sex": None, "chip": "7"}}]
    assert shown(put({"changes": changes})) == {"changed": ["1"]}

    after = table.pets()["1"]
    assert (after.name, after.shelter, after.birth_date, after.animal["animal_age_id"]) == (None, "south", None, "4")
    assert after.fields == {"story": "Shy.", "chip": "7"}


def test_given_changes_of_which_some_are_wrong_then_each_is_named_with_its_field_and_the_others_are_made(
    put: Any, table: FakePetsTable
) -> None:
    put({"pets": [pet("1"), pet("2"), pet("3"), pet("4")]})

    answer = put(
        {
            "changes": [
                {"id": "1", "status": "sold"},
                {"id": "2", "species": None, "colour": "red"},
                {"id": "3", "status": "adopted", "updatedAt": "2026-01-01T00:00:00Z"},
                {"id": "4", "status": "pending"},
                {"id": "4", "status": "adopted"},
                {"id": "9", "status": "adopted"},
            ]
        }
    )

    assert (answer["changed"], answer["stale"], answer["unknown"]) == (["4"], ["3"], ["9"])
    assert [(one["index"], one["id"], [wrong["field"] for wrong in one["errors"]]) for one in answer["refused"]] == [
        (0, "1", ["changes[0].status"]),
        (1, "2", ["changes[1].species", "changes[1].colour"]),
        (4, "4", ["changes[4].id"]),
    ]
    assert table.statuses() == {"1": "available", "2": "available", "3": "available", "4": "pending"}


def test_given_changes_none_of_which_is_valid_then_the_request_is_refused(put: Any, table: FakePetsTable) -> None:
    put({"pets": [pet("1")]})

    answer = put(http("PATCH", {"changes": [{"id": "1", "status": "sold"}]}))

    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["errors"][0]["field"] == "changes[0].status"


def test_given_data_that_are_ahead_of_the_clock_then_the_pet_can_still_be_changed(
    put: Any, table: FakePetsTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    put({"pets": [pet("1")]})
    an_hour_ago = time.time() - 3600
    monkeypatch.setattr("put_pets.changes.time.time", lambda: an_hour_ago)

    assert shown(put({"changes": [{"id": "1", "status": "adopted"}]})) == {"changed": ["1"]}


def test_given_a_pet_that_somebody_writes_meanwhile_then_the_change_is_made_to_what_they_wrote(
    put: Any, table: FakePetsTable
) -> None:
    put({"pets": [pet("1")]})

    def interfere(operation: str) -> None:
        if operation == "PutItem":
            table.before_call = lambda _: None
            put({"pets": [pet("1", name="Renamed")]})

    table.before_call = interfere

    assert shown(put({"changes": [{"id": "1", "status": "adopted"}]})) == {"changed": ["1"]}
    assert (table.pets()["1"].name, table.pets()["1"].status) == ("Renamed", "adopted")
