"""CSV files: errors name the line and the column."""

import pytest

from local_aws.personalize.avro_schema import parse_schema
from local_aws.personalize.data.csv_files import read_csv
from local_aws.personalize.errors import JobFailedError
from local_aws.testing.in_process import INTERACTIONS, ITEMS


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
def test_given_a_malformed_file_when_read_then_line_and_column_are_named(body: str, message: str) -> None:
    content = body.replace("{header}", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE").encode()
    with pytest.raises(JobFailedError, match=message):
        read_csv("f.csv", content, parse_schema(INTERACTIONS))


@pytest.mark.parametrize("price", ["nan", "inf", "1e999", "1_0", " 1"])
def test_given_a_price_that_is_not_a_finite_number_when_read_then_line_and_column_are_named(price: str) -> None:
    content = f"ITEM_ID,SPECIES,PRICE,CREATION_TIMESTAMP\na,cat,{price},7\n".encode()
    with pytest.raises(JobFailedError, match=f"line 2, column PRICE: '{price}' is not a number"):
        read_csv("f.csv", content, parse_schema(ITEMS))


def test_given_bytes_that_are_not_text_when_read_then_the_line_is_named() -> None:
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
