"""Requests that take several calls: pages, and keys that a table leaves out."""

from typing import Any

import pytest

from animal_recommender.pets.table_requests import TableUnavailableError, get_items, read_pages


def test_given_several_pages_then_each_is_read_from_where_the_one_before_ended() -> None:
    asked: list[dict[str, Any]] = []

    def query(**request: Any) -> dict[str, Any]:
        asked.append(request)
        number = len(asked)
        return {"Items": [{"n": number}], **({"LastEvaluatedKey": number} if number < 3 else {})}

    assert list(read_pages(query, {"TableName": "pets"})) == [[{"n": 1}], [{"n": 2}], [{"n": 3}]]
    assert [request.get("ExclusiveStartKey") for request in asked] == [None, 1, 2]


def test_given_keys_that_the_table_leaves_out_then_only_these_are_asked_for_again() -> None:
    asked: list[list[Any]] = []
    waits: list[float] = []

    def batch_get_item(RequestItems: Any) -> dict[str, Any]:  # noqa: N803
        keys = RequestItems["pets"]["Keys"]
        asked.append(keys)
        left = {"pets": {**RequestItems["pets"], "Keys": keys[1:]}} if len(keys) > 1 else {}
        return {"Responses": {"pets": keys[:1]}, "UnprocessedKeys": left}

    found = get_items(batch_get_item, "pets", [{"pk": n} for n in range(3)], sleep=waits.append, delays=lambda: [1, 2])

    assert found == [{"pk": 0}, {"pk": 1}, {"pk": 2}]
    assert [len(keys) for keys in asked] == [3, 2, 1]
    assert waits == [1, 2]


def test_given_a_table_that_leaves_out_keys_for_too_long_then_it_is_unavailable() -> None:
    def batch_get_item(RequestItems: Any) -> dict[str, Any]:  # noqa: N803
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    with pytest.raises(TableUnavailableError, match="UnprocessedKeys"):
        get_items(batch_get_item, "pets", [{"pk": 0}], sleep=lambda _: None)
