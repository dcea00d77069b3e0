"""Filters by the names that apps use. Terraform gives their ARNs and placeholders."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple, TypedDict

from animal_recommender.validation import FieldReader, as_text

# Personalize, FilterValues.
MAX_PLACEHOLDERS = 25
MAX_VALUE_LENGTH = 1000
_PLACEHOLDER = re.compile(r"[A-Za-z0-9_]{1,50}", re.ASCII)


class Filter(NamedTuple):
    """A filter of this deployment. `placeholders` are those of its expression; each of them needs a value."""

    arn: str
    placeholders: frozenset[str] = frozenset()


class FilterParameters(TypedDict, total=False):
    """Parameters that GetRecommendations, GetPersonalizedRanking and promotions share."""

    filterArn: str
    filterValues: Mapping[str, str]


def parse_filters(text: str) -> dict[str, Filter]:
    """Parse the setting FILTERS: a JSON object of filter names, each with its `arn` and `placeholders`.

    Raises:
        ValueError: The text is something else.
    """
    try:
        return {name: Filter(one["arn"], frozenset(one["placeholders"])) for name, one in json.loads(text).items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError("must be a JSON object of filter names, each with arn and placeholders") from None


def read_filter(reader: FieldReader, known: Mapping[str, Filter]) -> FilterParameters:
    """Read `{"name", "values"?: {placeholder: value or list of values}}` as parameters of a Personalize call.

    What is wrong is added to the errors of `reader`.
    """
    name = reader.value("name")
    chosen = known.get(name) if isinstance(name, str) else None
    if chosen is None:
        if reader.is_object:
            names = ", ".join(sorted(known)) or "(this deployment has no filters)"
            reader.add_error("name", f"must be one of: {names}")
        chosen = Filter("")
    values = _values(reader)
    _check_placeholders(reader, chosen.placeholders)
    return {"filterArn": chosen.arn, "filterValues": values} if values else {"filterArn": chosen.arn}


def _check_placeholders(reader: FieldReader, placeholders: frozenset[str]) -> None:
    """Check here what Personalize checks too: in an outage, an invalid request would else get a degraded answer."""
    given = reader.value("values") or {}
    if isinstance(given, Mapping):
        for name in sorted(placeholders - given.keys()):
            reader.add_error(f"values.{name}", "is required by this filter")


def _values(reader: FieldReader) -> dict[str, str]:
    values = reader.value("values")
    if values is None:
        return {}
    valid = isinstance(values, Mapping) and len(values) <= MAX_PLACEHOLDERS
    if not valid or not all(_PLACEHOLDER.fullmatch(name) for name in values):
        reader.add_error("values", f"must be an object of at most {MAX_PLACEHOLDERS} placeholders and their values")
        return {}
    named = FieldReader(values, reader.path("values"))
    quoted = {name: _read_quoted(named, name) for name in values}
    reader.errors.extend(named.errors)
    return quoted


def _read_quoted(reader: FieldReader, name: str) -> str:
    """Read a value or a list of values in Personalize's form: each in double quotes, separated by commas."""
    given = reader.value(name)
    texts = [as_text(value) for value in (given if isinstance(given, list) else [given])]
    valid = bool(texts) and all(text and '"' not in text for text in texts)
    joined = ",".join(f'"{text}"' for text in texts)
    if not valid or len(joined) > MAX_VALUE_LENGTH:
        limit = f"of together at most {MAX_VALUE_LENGTH} characters"
        reader.add_error(name, f"must be a string without double quotes or an integer, or a list of them, {limit}")
    return joined
