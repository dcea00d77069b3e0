"""What an app may ask of `recommend`."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from animal_recommender.filters import Filter, read_filter
from animal_recommender.validation import Fields

DEFAULT_LIMIT = 10
MAX_LIMIT = 500
# A filter value of this column tells which popular list may stand in.
_SPECIES = "SPECIES"


@dataclass(frozen=True)
class Request:
    """A checked request: for whom, how many, and the filter and promotion parameters of GetRecommendations."""

    user_id: str
    limit: int
    options: Mapping[str, Any]
    species: tuple[str, ...] = ()

    def parameters(self, campaign_arn: str) -> dict[str, Any]:
        """Make the parameters of GetRecommendations."""
        return {"campaignArn": campaign_arn, "userId": self.user_id, "numResults": self.limit, **self.options}


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> Request:
    """Read a payload; raises ValidationError naming each wrong field.

    `userId`, else `sessionId`, else general recommendations; `limit` 1-500, default 10; optional
    `filter: {"name", "values"?}` and `promotion: {"name", "percent", "values"?}`, which fills `percent`
    of the list with items of the named filter.
    """
    fields = Fields(payload)
    user, session = fields.identifier("userId"), fields.identifier("sessionId")
    limit = fields.integer("limit", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT)
    options: dict[str, Any] = {}
    nested = []
    if fields.raw("filter") is not None:
        nested.append(Fields(fields.raw("filter"), "filter"))
        options |= read_filter(nested[-1], filters)
    if fields.raw("promotion") is not None:
        nested.append(Fields(fields.raw("promotion"), "promotion"))
        options["promotions"] = [_promotion(nested[-1], filters)]
    fields.finish(*nested)
    return Request(user or session or _nobody(), limit or DEFAULT_LIMIT, options, _species(fields.raw("filter")))


def _nobody() -> str:
    """An id without any history: Personalize then answers what is popular.

    It is new in each request. A constant could turn into a user, if an app ever sent events with it.
    """
    return str(uuid.uuid4())


def _promotion(fields: Fields, filters: Mapping[str, Filter]) -> dict[str, Any]:
    chosen = read_filter(fields, filters)
    percent = fields.integer("percent", minimum=1, maximum=100) if fields.is_object else None
    return {"name": fields.raw("name"), "percentPromotedItems": percent, **chosen}


def _species(chosen: Any) -> tuple[str, ...]:
    values = (chosen or {}).get("values") or {}
    given = next((value for name, value in values.items() if _SPECIES in name.upper()), [])
    return tuple(str(value) for value in (given if isinstance(given, list) else [given]))
