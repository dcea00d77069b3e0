"""CSV files: errors name the line and the column."""

import pytest

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.data.csv_files import read_csv
from local_aws.personalize.errors import JobFailedError
from local_aws.testing.in_process import INTERACTIONS, ITEMS, schema


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "line 1: the header"),
        ("ITEM_ID,USER_ID,TIMESTAMP\n", "the header has no EVENT_TYPE; found ITEM_ID,USER_ID,TIMESTAMP"),
        ("{header},USER_ID\n", "the header names a column twice"),
        ("{header}\nu,i,5,view\nu,i,6\n", "line 3: expected 4 values, found 3"),
        ("{header}\nu,i,5,view\n\nu,i,soon,view\n", "line 4, column TIMESTAMP: 'soon' is not a whole number"),
        ("{header}\nu,i,1700000000000,view\n", "line 2, column TIMESTAMP: '1700000000000' is not in epoch seconds"),
        ("{header}\n,i,5,view\n", "line 2, column USER_ID: a value is missing"),
        ("{header}\nu,i,5,view\nu," + "i" * 257 + ",5,view\n", "line 3, column ITEM_ID: an id has at most 256"),
        ('{header}\nu,i,5,view\n"u\n1",i,5,view\n', "line 3: each record must be on a single line"),
        ('"USER_ID","ITEM_ID","TIMESTAMP","EVENT_TYPE"\n', "line 1: the header must not be in quotation marks"),
        ('USER_ID,ITEM_ID,TIMESTAMP,"EVENT_TYPE"\n', "line 1: the header must not be in quotation marks"),
        ('{header}\n"u,i,5,view\n', "line 2: unexpected end of data"),
        ("{header}\nu,i,1_700,view\n", "line 2, column TIMESTAMP: '1_700' is not a whole number"),
        ("{header}\nu,i,\u0661,view\n", "line 2, column TIMESTAMP: '\u0661' is not a whole number"),
        ("{header}\nu,i," + "9" * 5000 + ",view\n", "line 2, column TIMESTAMP: '9+...' is beyond a long"),
    ],
)
def test_given_a_malformed_file_when_read_then_line_and_column_are_named(body: str, message: str) -> None:
    content = body.replace("{header}", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE").encode()
    with pytest.raises(JobFailedError, match=message):
        read_csv("f.csv", content, parse_schema(INTERACTIONS))


@pytest.mark.parametrize("price", ["nan", "inf", "1e999", "1_0", " 1"])
def test_given_a_price_that_is_not_a_finite_number_when_read_then_line_and_column_are_named(price: str) -> None:
    content = f"ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP\na,cat,{price},7\n".encode()
    with pytest.raises(JobFailedError, match=f"line 2, column PRICE: '{price}' is not a number"):
        read_csv("f.csv", content, parse_schema(ITEMS))


def test_given_a_long_category_when_read_then_line_and_column_are_named() -> None:
    header = "ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP"
    assert read_csv("f.csv", f"{header}\na,{'x' * 1000},1,7\n".encode(), parse_schema(ITEMS))
    with pytest.raises(JobFailedError, match="line 2, column SPECIES: a categorical value has at most 1000"):
        read_csv("f.csv", f"{header}\na,{'x' * 1001},1,7\n".encode(), parse_schema(ITEMS))


def test_given_bytes_that_are_not_text_when_read_then_the_line_is_named() -> None:
    with pytest.raises(JobFailedError, match="line 2 is not UTF-8"):
        read_csv("f.csv", b"ITEM_ID\n\xff\xfe", parse_schema(ITEMS))


def test_given_a_file_when_read_then_values_have_their_types_and_empty_is_none() -> None:
    content = b'ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP\na,"cat|x",1.5,7\nb,,,\n'
    assert read_csv("f.csv", content, parse_schema(ITEMS)).columns == {
        "ITEM_ID": ["a", "b"],
        "SPECIES": ["cat|x", None],
        "PRICE": [1.5, None],
        "CREATION_TIMESTAMP": [7, None],
    }


def test_given_columns_in_another_order_and_more_when_read_then_they_are_matched_by_name() -> None:
    content = b"OTHER,PRICE,ITEM_ID,creation_timestamp,SPECIES\nx,2,a,7,cat\n"
    columns = read_csv("f.csv", content, parse_schema(ITEMS)).columns
    assert columns == {"ITEM_ID": ["a"], "SPECIES": ["cat"], "PRICE": [2.0], "CREATION_TIMESTAMP": [7]}


def test_given_a_few_unreadable_numbers_of_metadata_when_read_then_they_are_left_out_and_reported() -> None:
    rows = [f"i{number},cat,{'cheap' if number == 7 else number},7" for number in range(40)]
    table = read_csv(
        "f.csv", "\n".join(["ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP", *rows]).encode(), parse_schema(ITEMS)
    )
    assert [table.columns["PRICE"][number] for number in (6, 7, 8)] == [6.0, None, 8.0]
    assert table.skipped == ["f.csv: line 9, column PRICE: 'cheap' is not a number"]


def test_given_an_unreadable_number_of_a_required_column_when_read_then_the_file_fails() -> None:
    rows = [f"u,i,{'soon' if number == 7 else number},view" for number in range(100)]
    content = "\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", *rows]).encode()
    with pytest.raises(JobFailedError, match="line 9, column TIMESTAMP: 'soon'"):
        read_csv("f.csv", content, parse_schema(INTERACTIONS))


def test_given_an_empty_text_without_null_in_the_schema_when_read_then_only_metadata_may_be_empty() -> None:
    text = schema("Items", {"name": "ITEM_ID", "type": "string"}, {"name": "YEAR", "type": "string"})
    assert read_csv("f.csv", b"ITEM_ID,YEAR\na,\n", parse_schema(text)).columns["YEAR"] == [None]
    with pytest.raises(JobFailedError, match="column ITEM_ID: a value is missing"):
        read_csv("f.csv", b"ITEM_ID,YEAR\n,1999\n", parse_schema(text))


def test_given_a_time_with_a_fraction_when_read_then_it_is_the_second() -> None:
    header = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
    table = read_csv("f.csv", f"{header}\nu,i,1700000000.75,view\n".encode(), parse_schema(INTERACTIONS))
    assert table.columns["TIMESTAMP"] == [1_700_000_000]
