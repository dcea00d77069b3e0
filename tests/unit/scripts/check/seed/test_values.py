"""Values that Personalize would refuse or take in another way are found."""

import pytest

from scripts.check.seed.findings import ERROR, WARNING, Findings
from scripts.check.seed.schemas import Column
from scripts.check.seed.values import check_value, looks_missing, shown


def found(value: str, column: Column) -> dict[tuple[str, str], str]:
    """Severity and rule, and the first message, of what is found in one value."""
    findings = Findings()
    check_value(2, column, value, findings)
    return {key: examples[0].message for key, examples in findings.examples.items()}


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        ("long", ["0", "-1", "+5", "9223372036854775807"]),
        ("int", ["2147483647"]),
        ("float", ["1", "1.5", "-.5", "1e3", "2.E-1"]),
        ("double", ["1.5"]),
        ("boolean", ["true", "False"]),
        ("string", ["", "1,5", "x"]),
    ],
)
def test_given_a_value_of_its_type_then_nothing_is_found(kind: str, good: list[str]) -> None:
    assert all(not found(value, Column("WEIGHT", kind, required=False)) for value in good)


@pytest.mark.parametrize(
    ("kind", "value", "hint"),
    [
        ("long", "1.7E9", "a spreadsheet shortened it"),
        ("long", "1,7e+09", "a spreadsheet shortened it"),
        ("long", "1735689600.0", "without a decimal point"),
        ("long", "1.735.689.600", "without separators"),
        ("long", "1 735 689 600", "without separators"),
        ("long", "2024-12-31T10:00:00Z", "in epoch seconds"),
        ("long", "31.12.2024", "in epoch seconds"),
        ("long", "NULL", "leave it empty"),
        ("long", "9223372036854775808", "must be a whole number"),
        ("int", "2147483648", "must be a whole number"),
        ("long", "٣", "must be a whole number"),
        ("long", "1_000", "must be a whole number"),
        ("float", "1,5", "write a decimal point"),
        ("float", "nan", "leave it empty"),
        ("float", "inf", "must be a number"),
        ("boolean", "yes", "must be true or false"),
        ("boolean", "1", "must be true or false"),
    ],
)
def test_given_a_value_of_another_type_then_the_error_says_what_to_do(kind: str, value: str, hint: str) -> None:
    assert hint in found(value, Column("WEIGHT", kind, required=False))[ERROR, "type"]


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        (Column("USER_ID", "string", required=True), "x" * 257, (ERROR, "length")),
        (Column("BREED", "string", required=False, categorical=True), "x" * 1_001, (ERROR, "length")),
        (Column("TEXT", "string", required=False, textual=True), "x" * 20_001, (WARNING, "length")),
        (Column("BREED", "string", required=False, categorical=True), "Pug|Boxer", (WARNING, "categories")),
        (Column("USER_ID", "string", required=True), " ", (ERROR, "empty value")),
        (Column("USER_ID", "string", required=True), "a ", (WARNING, "spaces")),
        (Column("USER_ID", "string", required=True), "a\u00a0", (WARNING, "spaces")),
    ],
)
def test_given_a_value_that_personalize_takes_otherwise_then_that_is_found(
    column: Column, value: str, kind: tuple[str, str]
) -> None:
    assert list(found(value, column)) == [kind]


def test_given_a_bar_in_a_text_that_is_no_category_then_nothing_is_found() -> None:
    assert not found("a|b", Column("IMPRESSION", "string", required=False))


def test_given_a_size_that_is_missing_then_the_error_says_to_write_0() -> None:
    column = Column("ANIMAL_SIZE_ID", "string", required=True, categorical=True)
    assert found("", column)[ERROR, "empty value"] == "is empty, but required; write 0 if it is unknown"


@pytest.mark.parametrize(
    "value", ["NULL", "null", "None", "nan", "NaN", "N/A", "NA", "undefined", "-", " Null ", r"\N", "#N/A", "\u200b"]
)
def test_given_a_placeholder_then_it_looks_like_a_missing_value(value: str) -> None:
    assert looks_missing("USER_ID", value)
    assert looks_missing("BREED", value)


def test_given_a_name_for_nobody_then_it_looks_missing_in_ids_only() -> None:
    assert looks_missing("USER_ID", "anonymous")
    assert not looks_missing("ANIMAL_PRIMARY_BREED_ID", "Unknown")
    assert not looks_missing("USER_ID", "Nan Goldin")


def test_given_a_long_value_then_its_begin_is_shown() -> None:
    assert shown("x" * 200) == f"'{'x' * 60}…'"
