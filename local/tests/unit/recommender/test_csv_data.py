"""CSV files: any order of columns, and errors that name the line and the column."""

from pathlib import Path

import pytest

from local_aws.recommender.csv_data import InvalidFileError, read_interactions, read_items


def write_csv(folder: Path, text: str) -> Path:
    path = folder / "data.csv"
    path.write_bytes(text.encode())
    return path


def test_given_columns_in_another_order_then_they_are_read_by_name(tmp_path: Path) -> None:
    read = read_interactions(write_csv(tmp_path, "﻿TIMESTAMP,X,EVENT_TYPE,ITEM_ID,USER_ID,EVENT_VALUE\n5,,view,i,u,\n"))
    assert (read.user_ids, read.item_ids, read.timestamps) == (["u"], ["i"], [5.0])
    assert (read.event_types, read.event_values) == (["view"], [None])


def test_given_milliseconds_then_they_become_seconds(tmp_path: Path) -> None:
    assert read_interactions(write_csv(tmp_path, "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1700000000500\n")).timestamps == [
        1700000000.5
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: no column USER_ID, ITEM_ID, TIMESTAMP"),
        ("USER_ID,ITEM_ID\n", "line 1: no column TIMESTAMP"),
        ("USER_ID,ITEM_ID,TIMESTAMP,ITEM_ID\n", "line 1: column ITEM_ID is there twice"),
        ("USER_ID,ITEM_ID,TIMESTAMP\nu,i,5\nu,i,soon\n", "line 3, column TIMESTAMP: 'soon' is not a number"),
        ("USER_ID,ITEM_ID,TIMESTAMP\nu,i,-5\n", "line 2, column TIMESTAMP: -5 is before 1970"),
        ("USER_ID,ITEM_ID,TIMESTAMP\nu,,5\n", "line 2, column ITEM_ID: empty"),
        ("USER_ID,ITEM_ID,TIMESTAMP\nu,5\n", "line 2: 2 fields, the header has 3"),
        ('USER_ID,ITEM_ID,TIMESTAMP\n"u"x,i,5\n', "line 2: "),
        ("USER_ID,ITEM_ID,TIMESTAMP,EVENT_VALUE\nu,i,5,much\n", "line 2, column EVENT_VALUE: 'much' is not a number"),
    ],
)
def test_given_a_bad_file_then_line_and_column_are_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InvalidFileError, match=reason):
        read_interactions(write_csv(tmp_path, text))


def test_given_bytes_that_are_not_text_then_the_error_says_so(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"USER_ID,ITEM_ID,TIMESTAMP\n\xff,i,5\n")
    with pytest.raises(InvalidFileError, match="not UTF-8"):
        read_interactions(tmp_path / "data.csv")


def test_given_no_file_then_the_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match="No such file"):
        read_items(tmp_path / "absent.csv")


def test_given_items_then_few_numbers_are_categories_and_many_are_quantities(tmp_path: Path) -> None:
    lines = [f"i{n},{n % 5},{n * 1.5},{'' if n else 'rare'}" for n in range(50)]
    read = read_items(write_csv(tmp_path, "ITEM_ID,SIZE,PRICE,NOTE\n" + "\n".join(lines) + "\n"))
    assert read.metadata["SIZE"][:2] == ["0", "1"]
    assert read.metadata["PRICE"][:2] == [0.0, 1.5]
    assert read.metadata["NOTE"][:2] == ["rare", None]
