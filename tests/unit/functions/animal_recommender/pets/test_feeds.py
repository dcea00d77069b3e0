"""Keys of feeds, and the progress of imports."""

import pytest

from animal_recommender.pets.feeds import Place, feed_id, parse_key, progress_item, read_progress
from animal_recommender.validation import ValidationError


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("feeds/complete/pets.csv", Place("complete", "default", "default")),
        ("feeds/changes/asm3/pets.json", Place("changes", "asm3", "asm3")),
        ("feeds/complete/asm3/north/2026/pets.json", Place("complete", "asm3", "asm3/north/2026")),
    ],
)
def test_given_a_key_then_it_says_kind_mapping_and_source(key: str, place: Place) -> None:
    assert parse_key(key) == place


@pytest.mark.parametrize("key", ["feeds/pets.csv", "feeds/all/pets.csv", "feeds/complete/", "reports/complete/x.csv"])
def test_given_another_key_then_it_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="feeds/complete/"):
        parse_key(key)


def test_given_two_versions_of_a_file_then_they_are_two_feeds() -> None:
    assert len({feed_id("a", "1"), feed_id("a", "2"), feed_id("a1", ""), feed_id("a", "1")}) == 3


def test_given_progress_then_it_is_read_back() -> None:
    progress = {"state": "running", "rows": 5}
    assert read_progress(progress_item("f", progress, 0.0)) == progress
    assert read_progress(None) is None
