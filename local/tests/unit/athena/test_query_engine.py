"""The query engine fails where Athena fails, and gives null where Athena gives null."""

import json

import pytest

from local_aws.athena.query_engine import Table, run_query

URL = "s3://bucket/t/day=1/a.json"


def rows(sql: str, lines: list[str], **columns: str) -> list[tuple]:
    table = Table("t", columns, "s3://bucket/t/${day}/")
    return run_query(sql, [], {table: [(URL, "\n".join(lines).encode())]}).rows


@pytest.mark.parametrize("kind", ["struct<b:string>", "map<string,string>", "array<string>"])
def test_given_a_text_in_a_column_of_a_container_type_then_the_whole_query_fails(kind: str) -> None:
    with pytest.raises(ValueError, match=r"HIVE_BAD_DATA.*field a"):
        rows("SELECT a FROM t", ['{"a": "text"}'], a=kind)


def test_given_containers_in_text_columns_then_they_are_json_text() -> None:
    found = rows("SELECT json_extract_scalar(a, '$.b') FROM t", ['{"a": {"b": 1}}', '{"a": "no JSON"}'], a="string")
    assert found == [("1",), (None,)]


@pytest.mark.parametrize("line", ["{", "[]", '{"A": 1, "a": 2}', '{"a": NaN}', '{"a":' * 5000])
def test_given_a_malformed_line_then_it_is_a_row_of_nulls(line: str) -> None:
    assert rows("SELECT a FROM t", [line, json.dumps({"a": "x"})], a="string") == [(None,), ("x",)]
