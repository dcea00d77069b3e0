"""Distances on the earth."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS = 6371.0088  # kilometers, the mean radius
KILOMETERS_PER_DEGREE = EARTH_RADIUS * radians(1)  # of latitude


def kilometers_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two points given in degrees (the haversine formula)."""
    north, other_north = radians(latitude), radians(other_latitude)
    half_north, half_east = (other_north - north) / 2, radians(other_longitude - longitude) / 2
    chord = sin(half_north) ** 2 + cos(north) * cos(other_north) * sin(half_east) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))
