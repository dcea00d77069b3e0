"""The event types that a deployment knows, and other spellings of them.

Personalize compares event types letter by letter, so an app that sends `DetailView` and `detail_view` would train the
models on two types. Terraform gives the list (variable `event_types`).
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

DEFAULT_EVENT_TYPES = ("DetailView", "Favorite", "Application")
"""The types of the example data, and the default of the Terraform variable `event_types`."""

MAX_LENGTH = 256  # Personalize, PutEvents: characters of eventType

# Plural, past tense and the like: views, viewed, viewing; applies, applied. A final e or y goes too, so that favorite
# and favorited, apply and applied agree.
_ENDING = re.compile(r"(?<=...)(y?(es|ed|ing|s|e)|ie[sd]|y)$")
# In shorter words one edit makes another word, such as Like and Bike.
_SHORTEST_MISSPELT = 5


class EventTypes:
    """The event types of a deployment, in the order of the setting.

    Raises:
        ValueError: There is none, one is not a text of 1-256 characters, or two are spellings of one another.
    """

    def __init__(self, names: Iterable[str] = DEFAULT_EVENT_TYPES) -> None:
        self.names = tuple(names)
        self._known = frozenset(self.names)
        self._folded = {_fold(name): name for name in self.names}
        if not self.names or not all(0 < len(name) <= MAX_LENGTH and name == name.strip() for name in self.names):
            raise ValueError(f"must be event types of 1-{MAX_LENGTH} characters, at least one")
        if len(self._folded) < len(self.names):
            raise ValueError("must not have the same event type in two spellings")

    def __contains__(self, name: object) -> bool:
        """Return whether a type is known, in exactly this spelling."""
        return name in self._known

    def meant_by(self, name: str) -> str | None:
        """Return the known type of which `name` is another spelling; None if it is known itself, or wholly unknown.

        Another spelling differs in case, spaces, punctuation, Unicode form, the ending of a plural or a past tense, or
        in one letter that is missing, added, wrong or swapped with its neighbour.
        """
        if name in self._known or len(name) > MAX_LENGTH:
            return None
        return self._folded.get(_fold(name)) or self._similar(_fold(name))

    def _similar(self, folded: str) -> str | None:
        matches = (name for known, name in self._folded.items() if _is_similar(folded, known))
        return next(matches, None)


def parse_event_types(text: str) -> EventTypes:
    """Parse the setting EVENT_TYPES: a JSON list of texts.

    Raises:
        ValueError: The text is something else, or not a list that EventTypes takes.
    """
    return EventTypes(parse_names(text))


def parse_names(text: str) -> tuple[str, ...]:
    """Parse a JSON list of event types, which may be empty.

    Raises:
        ValueError: The text is something else.
    """
    try:
        names = json.loads(text)
    except ValueError:
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("must be a JSON list of event types")
    return tuple(names)


@lru_cache(maxsize=1024)
def _fold(name: str) -> str:
    """Return a type without case, spaces, punctuation and Unicode form; the type itself if nothing would be left."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold()) or name


def _is_similar(folded: str, known: str) -> bool:
    # Types that differ in a digit are probably meant so: Step1, Step2.
    if re.findall(r"\d", folded) != re.findall(r"\d", known):
        return False
    stem, known_stem = _stem(folded), _stem(known)
    return stem == known_stem or (len(known) >= _SHORTEST_MISSPELT and _is_one_edit_apart(stem, known_stem))


def _stem(folded: str) -> str:
    return _ENDING.sub("", folded)


def _is_one_edit_apart(one: str, other: str) -> bool:
    """Return whether one letter is missing, added or wrong, or two neighbours are swapped."""
    start = _common_length(one, other)
    one, other = one[start:], other[start:]
    end = _common_length(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _common_length(one: str, other: str) -> int:
    """Return how many first letters are equal."""
    different = (index for index, (first, second) in enumerate(zip(one, other, strict=False)) if first != second)
    return next(different, min(len(one), len(other)))
