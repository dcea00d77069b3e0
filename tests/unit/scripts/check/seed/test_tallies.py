"""Values that cannot be meant in the file as a whole are named with their number."""

from scripts.check.seed.findings import WARNING, Findings
from scripts.check.seed.tallies import Tallies


def messages(values: list[str], column: str = "USER_ID") -> list[str]:
    """What is said about the values of a column."""
    tallies, findings = Tallies([column], "interaction"), Findings()
    for value in values:
        tallies.add({column: value})
    tallies.check(findings)
    return [example.message for examples in findings.examples.values() for example in examples]


def test_given_a_placeholder_as_an_id_then_each_is_named_once_with_its_number() -> None:
    assert messages(["7", *["undefined"] * 60, *["NULL"] * 2, ""]) == [
        "'undefined' looks like a missing value, 60 interactions; they would be one user",
        "'NULL' looks like a missing value, 2 interactions; they would be one user",
    ]


def test_given_a_placeholder_as_a_category_then_it_is_named_too() -> None:
    assert messages(["N/A", "red"], "COLOR") == ["'N/A' looks like a missing value, 1 interaction"]


def test_given_codes_that_differ_only_as_text_then_every_pair_is_named() -> None:
    found = messages(["2", "02", "002", "b", "B", "c"])
    assert found == [
        "'2' and '02' differ only as text",
        "'2' and '002' differ only as text",
        "'b' and 'B' differ only in upper and lower case",
    ]


def test_given_a_column_that_is_not_counted_then_nothing_is_found() -> None:
    tallies, findings = Tallies(["USER_ID"], "interaction"), Findings()
    tallies.add({"TIMESTAMP": "NULL"})
    tallies.check(findings)
    assert findings.total(WARNING) == 0


def test_given_ids_that_a_program_took_for_numbers_then_they_are_warned_of_once() -> None:
    assert messages(["12345.0", "12346.0", "7"]) == [
        "'12345.0' and 1 more: a program took ids for decimal numbers; export them as text"
    ]
    assert messages(["1.23457E+11"]) == ["'1.23457E+11': a program took ids for decimal numbers; export them as text"]
    assert messages(["12345", "1e5", "1.5", "v1.0"]) == []
