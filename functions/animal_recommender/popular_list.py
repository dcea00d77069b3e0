"""The format of the popular list, which `recommend` returns while Personalize does not answer."""

from collections.abc import Sequence
from typing import TypedDict


class PopularList(TypedDict):
    """Animal groups, best first: all of them, and those of each species separately."""

    general: list[str]
    species: dict[str, list[str]]


def popular_list(groups: Sequence[str]) -> PopularList:
    """Return the list of animal groups that are given best first."""
    species: dict[str, list[str]] = {}
    for group in groups:
        species.setdefault(group.partition("-")[0], []).append(group)
    return {"general": list(groups), "species": species}
