"""Distances."""

import pytest

from animal_recommender.pets.distance import kilometers_between


@pytest.mark.parametrize(
    ("one", "other", "kilometers"),
    [
        ((48.2082, 16.3738), (48.2082, 16.3738), 0),
        ((52.52, 13.405), (48.8566, 2.3522), 877.5),  # Berlin, Paris
        ((0, 179.5), (0, -179.5), 111.2),  # over the date line
        ((90, 0), (-90, 120), 20_015.1),  # pole to pole
    ],
)
def test_given_two_points_then_the_distance_is_along_the_earth(
    one: tuple[float, float], other: tuple[float, float], kilometers: float
) -> None:
    assert kilometers_between(*one, *other) == pytest.approx(kilometers, abs=0.5)
    assert kilometers_between(*other, *one) == pytest.approx(kilometers_between(*one, *other))
