"""Files of feeds: every row comes back, the broken ones as errors with their line."""

import io
from typing import Any

import pytest

from animal_recommender.pets.feed_files import Row, file_suffix, read_lines, read_table
from animal_recommender.validation import ValidationError


def shown(rows: Any) -> list[tuple[int, Any]]:
    """Return line and value of rows; of broken ones the class of the error."""
    return [(row.number, row.value.reason if isinstance(row.value, ValidationError) else row.value) for row in rows]


def test_given_a_table_then_quotes_line_breaks_and_blank_lines_are_read() -> None:
    text = 'id,name\n1,"a ""b"" c"\n\n2,"two\nlines"\n3,last'
    assert shown(read_table(io.StringIO(text))) == [
        (2, {"id": "1", "name": 'a "b" c'}),
        (4, {"id": "2", "name": "two\nlines"}),
        (6, {"id": "3", "name": "last"}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_given_another_delimiter_then_the_header_tells(delimiter: str) -> None:
    text = "id;name;breed\n1;x;y\n".replace(";", delimiter)
    assert shown(read_table(io.StringIO(text))) == [(2, {"id": "1", "name": "x", "breed": "y"})]


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_given_a_quote_that_is_not_closed_then_only_its_row_is_broken(line_break: str) -> None:
    text = line_break.join(["id,name", "1,a", '2,"b', "3,c", '4,"d, e"', "5,f", ""])
    assert shown(read_table(io.StringIO(text, newline=""))) == [
        (2, {"id": "1", "name": "a"}),
        (3, "broken-row"),
        (4, {"id": "3", "name": "c"}),
        (5, {"id": "4", "name": "d, e"}),
        (6, {"id": "5", "name": "f"}),
    ]


def test_given_two_quotes_that_are_not_closed_then_the_rows_between_them_are_not_lost() -> None:
    text = 'id,name\n1,"a\n2,b\n3,"c\n4,d\n'
    assert shown(read_table(io.StringIO(text))) == [
        (2, "broken-row"),
        (3, {"id": "2", "name": "b"}),
        (4, "broken-row"),
        (5, {"id": "4", "name": "d"}),
    ]


def test_given_rows_with_too_many_or_few_cells_or_no_utf8_then_they_are_broken() -> None:
    text = "id,name\n1\n2,b,c\n3,\udcff\n4,d\n"
    assert shown(read_table(io.StringIO(text))) == [
        (2, "broken-row"),
        (3, "broken-row"),
        (4, "broken-row"),
        (5, {"id": "4", "name": "d"}),
    ]


@pytest.mark.parametrize("text", ["", "\n1,2", "id,,\n", "id,name,id\n1,2,3", f"id,{'x' * 131_073}\n1,2"])
def test_given_no_header_or_a_name_twice_then_the_table_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="header"):
        list(read_table(io.StringIO(text)))


@pytest.mark.parametrize("text", ["id,n\udce4me\n1,a\n", "i\0d\0,\0\n\0"], ids=["Latin-1", "UTF-16"])
def test_given_a_header_in_another_encoding_then_the_table_is_refused_and_says_so(text: str) -> None:
    with pytest.raises(ValidationError, match="UTF-8"):
        list(read_table(io.StringIO(text)))


def test_given_a_row_in_another_encoding_then_its_error_says_so() -> None:
    (row,) = read_table(io.StringIO("id,name\n1,J\udcfcrgen\n"))
    assert "UTF-8" in str(row.value)


def test_given_lines_then_each_is_json_or_broken() -> None:
    text = '{"id": 1}\n\n{"id": NaN}\n{"id"\n\udcff\n[2]'
    assert shown(read_lines(io.StringIO(text))) == [
        (1, {"id": 1}),
        (3, "not-json"),
        (4, "not-json"),
        (5, "not-utf-8"),
        (6, [2]),
    ]
    assert next(read_lines(io.StringIO('{"id": 1}'))) == Row(1, {"id": 1})


def test_given_names_then_the_suffix_tells_the_format() -> None:
    assert [file_suffix(name) for name in ("a/b.CSV", "b.jsonl.gz", "c.d.json")] == [".csv", ".jsonl", ".json"]
    with pytest.raises(ValidationError, match=r"\.csv, \.tsv, \.jsonl"):
        file_suffix("b.xlsx")
