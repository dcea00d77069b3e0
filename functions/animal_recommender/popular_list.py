"""The popular list, which answers when Personalize does not: what it looks like, for its writers and its reader."""

from collections.abc import Sequence
from typing import TypedDict


class Popular(TypedDict):
    """Animal groups, best first: all of them, and those of each species by itself."""

    general: list[str]
    species: dict[str, list[str]]


def popular_list(groups: Sequence[str]) -> Popular:
    """Make the list of animal groups, best first."""
    species: dict[str, list[str]] = {}
    for group in groups:
        species.setdefault(group.partition("-")[0], []).append(group)
    return {"general": list(groups), "species": species}
