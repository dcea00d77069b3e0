"""Filters by name, as apps use them; their ARNs and placeholders come from Terraform."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from animal_recommender.validation import Fields, as_text

# Personalize, FilterValues.
MAX_PLACEHOLDERS = 25
MAX_VALUE_LENGTH = 1000
_PLACEHOLDER = re.compile(r"[A-Za-z0-9_]{1,50}", re.ASCII)


@dataclass(frozen=True)
class Filter:
    """A filter of this deployment; `placeholders` are those of its expression, each of which needs a value."""

    arn: str
    placeholders: frozenset[str] = frozenset()


def filters() -> dict[str, Filter]:
    """Read FILTERS, a JSON object of filter names, each with its `arn` and `placeholders`."""
    declared = json.loads(os.environ.get("FILTERS") or "{}")
    return {name: Filter(one["arn"], frozenset(one["placeholders"])) for name, one in declared.items()}


def read_filter(fields: Fields, known: Mapping[str, Filter]) -> dict[str, Any]:
    """Read `{"name", "values"?: {placeholder: value or list of values}}` as parameters of a Personalize call.

    Answers `{"filterArn", "filterValues"?}`; what is wrong is noted in `fields`.
    """
    name = fields.raw("name")
    chosen = known.get(name) if isinstance(name, str) else None
    if chosen is None:
        if fields.is_object:
            fields.refuse("name", f"must be one of: {', '.join(sorted(known)) or '(this deployment has no filters)'}")
        chosen = Filter("")
    values = _values(fields)
    _require(fields, chosen.placeholders)
    return {"filterArn": chosen.arn, **({"filterValues": values} if values else {})}


def _require(fields: Fields, placeholders: frozenset[str]) -> None:
    """Personalize would refuse it too, but not in an outage: then an invalid request would get a degraded answer."""
    given = fields.raw("values") or {}
    if isinstance(given, Mapping):
        for name in sorted(placeholders - given.keys()):
            fields.refuse(f"values.{name}", "is required by this filter")


def _values(fields: Fields) -> dict[str, str]:
    values = fields.raw("values")
    if values is None:
        return {}
    legal = isinstance(values, Mapping) and len(values) <= MAX_PLACEHOLDERS
    if not legal or not all(_PLACEHOLDER.fullmatch(name) for name in values):
        fields.refuse("values", f"must be an object of at most {MAX_PLACEHOLDERS} placeholders and their values")
        return {}
    named = Fields(values, fields.path("values"))
    quoted = {name: _quoted(named, name) for name in values}
    fields.errors.extend(named.errors)
    return quoted


def _quoted(fields: Fields, name: str) -> str:
    """Write a value, or a list of them, as Personalize wants it: each in double quotes, separated by commas."""
    given = fields.raw(name)
    texts = [as_text(value) for value in (given if isinstance(given, list) else [given])]
    legal = bool(texts) and all(text and '"' not in text for text in texts)
    joined = ",".join(f'"{text}"' for text in texts)
    if not legal or len(joined) > MAX_VALUE_LENGTH:
        limit = f"of together at most {MAX_VALUE_LENGTH} characters"
        fields.refuse(name, f"must be a string without double quotes or an integer, or a list of them, {limit}")
    return joined
