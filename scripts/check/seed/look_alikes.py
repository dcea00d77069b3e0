"""Find codes that are different to a computer and the same to a reader, such as `02` and `2`.

To Personalize they are two users, items or categories, and each has only a part of the events.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from animal_recommender.validation import without_format_characters

_SEPARATORS = re.compile(r"[\s_]+")
_AROUND_HYPHENS = re.compile(r"\s*-\s*")
_LEADING_ZEROS = re.compile(r"(?<![\w.])0+(?=[0-9])")
_ZERO_DECIMALS = re.compile(r"(?<![\w.])([0-9]+)\.0+(?![\w.])")


def fold(code: str) -> str:
    """Return a form that is the same for all codes that differ only as text.

    Ignored are: Unicode forms, invisible characters, the kind of spaces and those at the ends, underscores for spaces,
    case, leading zeros, and the `.0` of a number that was a decimal.
    """
    text = code if code.isascii() else _fold_unicode(code)
    text = _AROUND_HYPHENS.sub("-", _SEPARATORS.sub(" ", text)).strip().casefold()
    return _LEADING_ZEROS.sub("", _ZERO_DECIMALS.sub(r"\1", text))


def _fold_unicode(text: str) -> str:
    return without_format_characters(unicodedata.normalize("NFKC", text))


def find_pairs(codes: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each code with the first one that it looks like; the codes must differ."""
    first: dict[str, str] = {}
    for code in codes:
        other = first.setdefault(fold(code), code)
        if other != code:
            yield other, code


def describe(first: str, second: str) -> str:
    """Return in words what the two codes are and how they differ."""
    return f"{readable(first, second)} and {readable(second, first)} differ only {_difference(first, second)}"


def _difference(first: str, second: str) -> str:
    if unicodedata.normalize("NFC", first) == unicodedata.normalize("NFC", second):
        return "in their Unicode form (composed or not; NFC is usual)"
    if "".join(first.split()) == "".join(second.split()):
        return "in spaces"
    if first.casefold() == second.casefold():
        return "in upper and lower case"
    return "as text"


def readable(code: str, other: str) -> str:
    """Return the code in quotation marks, with its characters' numbers if both would print alike."""
    visible = unicodedata.normalize("NFKC", _fold_unicode(code)) == unicodedata.normalize("NFKC", _fold_unicode(other))
    return ascii(code) if visible and not (code.isascii() and other.isascii()) else repr(code)
