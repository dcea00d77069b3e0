"""Codes that a reader takes for the same are found, and others are not."""

import pytest

from scripts.check.seed.look_alikes import describe, find_pairs


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        ("2", "02", "as text"),
        ("2", "2.0", "as text"),
        ("2-Pug-2-1", "2-Pug-02-1", "as text"),
        ("Löwchen", "Lo\u0308wchen", "in their Unicode form"),
        ("Beagle", " Beagle ", "in spaces"),
        ("2-Beagle-3-2", "2- Beagle -3-2", "in spaces"),
        ("Great Dane", "Great\u00a0Dane", "in spaces"),
        ("Great Dane", "Great_Dane", "as text"),
        ("DetailView", "detailview", "in upper and lower case"),
        ("12", "\uff11\uff12", "as text"),
        ("Pug", "Pu\u200bg", "as text"),
    ],
)
def test_given_two_codes_that_differ_as_text_then_they_are_a_pair(first: str, second: str, difference: str) -> None:
    assert list(find_pairs([first, second, "other"])) == [(first, second)]
    assert f" differ only {difference}" in describe(first, second)


@pytest.mark.parametrize(
    "codes",
    [
        ("2", "20"),
        ("2-Pug-2-1", "2-Pug-2-10"),
        ("0", "00a"),
        ("a0b", "ab"),
        ("1.5", "15"),
        ("Pug", "Puk"),
        ("v1", "v01"),
    ],
)
def test_given_codes_that_mean_something_else_then_they_are_no_pair(codes: tuple[str, str]) -> None:
    assert list(find_pairs(codes)) == []


def test_given_codes_that_print_alike_when_described_then_their_characters_are_told_apart() -> None:
    assert describe("Löwchen", "Lo\u0308wchen").startswith(r"'L\xf6wchen' and 'Lo\u0308wchen' differ")
