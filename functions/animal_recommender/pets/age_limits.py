"""The ages at which the age ids of animals begin. A pet with a birth date grows from one into the next."""

import json
from datetime import date

AgeLimits = tuple[float, ...]
"""The ages in years at which the age ids 2, 3, 4 and 5 begin."""

DEFAULT_AGE_LIMITS: AgeLimits = (1.0, 3.0, 7.0, 10.0)
"""Those of the example data, and the default of the Terraform variable `pets.age_limits`."""

_YEAR = 365.2425  # days


def parse_age_limits(text: str) -> AgeLimits:
    """Return the age limits of a setting.

    Raises:
        ValueError: The text is not a JSON list of four ascending ages above 0.
    """
    limits = json.loads(text)
    numbers = isinstance(limits, list) and all(isinstance(one, int | float) and one > 0 for one in limits)
    if not numbers or len(limits) != len(DEFAULT_AGE_LIMITS) or limits != sorted(set(limits)):
        raise ValueError("must be a JSON list of four ascending ages in years")
    return tuple(map(float, limits))


def age_id(birth_date: str, on: date, age_limits: AgeLimits) -> int:
    """Return the age id, 1-5, of an animal born on `birth_date` (ISO 8601)."""
    years = (on - date.fromisoformat(birth_date)).days / _YEAR
    return 1 + sum(years >= limit for limit in age_limits)
