"""Requests to `recommend`."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from animal_recommender.filters import Filter, FilterParameters, read_filter
from animal_recommender.validation import FieldReader

if TYPE_CHECKING:
    from types_boto3_personalize_runtime.type_defs import PromotionTypeDef

DEFAULT_LIMIT = 10
MAX_LIMIT = 500
# The value of a placeholder with this name tells of which species the popular list must be.
_SPECIES = "SPECIES"


class PromotionParameters(TypedDict, total=False):
    """Parameters of GetRecommendations."""

    promotions: "list[PromotionTypeDef]"


class RecommendRequest(NamedTuple):
    """A valid request. `filter` and `promotion` are parameters of GetRecommendations, `species` are in the filter."""

    user_id: str
    limit: int
    filter: FilterParameters
    promotion: PromotionParameters
    species: tuple[str, ...] = ()

    @property
    def user_data(self) -> list[str]:
        """The values that must not be logged."""
        return [self.user_id, *self.filter.get("filterValues", {}).values()]


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> RecommendRequest:
    """Parse a payload.

    `userId`, else `sessionId`, else general recommendations; `limit` 1-500, default 10; optional
    `filter: {"name", "values"?}` and `promotion: {"name", "percent", "values"?}`, which fills `percent`
    of the list with items of the named filter.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    user, session = reader.read_user(), reader.read_session()
    limit = reader.read_integer("limit", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT)
    filter_parameters: FilterParameters = {}
    promotion_parameters: PromotionParameters = {}
    nested = []
    if reader.value("filter") is not None:
        nested.append(FieldReader(reader.value("filter"), "filter"))
        filter_parameters = read_filter(nested[-1], filters)
    if reader.value("promotion") is not None:
        nested.append(FieldReader(reader.value("promotion"), "promotion"))
        promotion_parameters = {"promotions": [_read_promotion(nested[-1], filters)]}
    for one in (reader, *nested):
        one.add_unknown_errors()
    reader.raise_errors(*nested)
    return RecommendRequest(
        user_id=user or session or _unknown_user(),
        limit=limit or DEFAULT_LIMIT,
        filter=filter_parameters,
        promotion=promotion_parameters,
        species=_species(reader.value("filter")),
    )


def _unknown_user() -> str:
    """Return an id without any history, for which Personalize recommends what is popular.

    The id is new in each request. A constant could get a history, if an app ever sent events with it.
    """
    return str(uuid.uuid4())


def _read_promotion(reader: FieldReader, filters: Mapping[str, Filter]) -> "PromotionTypeDef":
    filter_parameters = read_filter(reader, filters)
    percent = reader.read_integer("percent", minimum=1, maximum=100) if reader.is_object else None
    return {"name": reader.value("name"), "percentPromotedItems": percent or 0, **filter_parameters}


def _species(chosen: Any) -> tuple[str, ...]:
    values: Mapping[str, Any] = (chosen or {}).get("values") or {}
    given: Any = next((value for name, value in values.items() if _SPECIES in name.upper()), [])
    return tuple(str(value) for value in (given if isinstance(given, list) else [given]))
