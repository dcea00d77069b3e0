"""The guard of the site: a feed that would take too many available pets off it is refused."""

from collections.abc import Set

from animal_recommender.pets.pet import REMOVED
from animal_recommender.validation import FieldError, ValidationError

GONE = {"hidden", REMOVED}
"""Statuses that take a pet off the site as its absence from a complete feed does."""

# Many adoptions in one feed are rather a wrong column. But those of a small shelter must be taken at once.
PLAUSIBLE_ADOPTIONS = 10


def check_removals(available: Set[str], gone: Set[str], unavailable: Set[str], maximum_share: float) -> None:
    """Refuse a feed that takes more than a share of the available pets off the site.

    Args:
        available: Ids of the pets that are available now, and that the feed may change.
        gone: Pets that the feed removes or hides. One of several may always go.
        unavailable: Pets to which it gives another status than available. Up to PLAUSIBLE_ADOPTIONS may always go.
        maximum_share: From 0 to 1.

    Raises:
        ValidationError: The reason is `too-many-removals`.
    """
    allowed = maximum_share * len(available)
    least = 1 if len(available) > 1 else 0
    for leaving, always in ((gone, least), (gone | unavailable, PLAUSIBLE_ADOPTIONS)):
        count = len(available & leaving)
        if count > max(allowed, always):
            taken = f"would take {count} of {len(available)} available pets off the site"
            message = f"{taken}, more than {maximum_share:.0%}; the metadata maximum-removed-share can allow it"
            raise ValidationError([FieldError("feed", message)], "too-many-removals")
