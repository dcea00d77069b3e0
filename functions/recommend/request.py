"""Requests to `recommend`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from animal_recommender.experiments.subject import Subject, read_subject
from animal_recommender.filters import Filter, FilterParameters, read_filter
from animal_recommender.personalize_ids import unknown_visitor, visitor_id
from animal_recommender.recommendations import DEFAULT_LIMIT, MAX_PETS, Question
from animal_recommender.validation import FieldReader

if TYPE_CHECKING:
    from types_boto3_personalize_runtime.type_defs import PromotionTypeDef

    from animal_recommender.pets.pet_request import PetRequest

MAX_LIMIT = 500
# The value of a placeholder with this name tells of which species the popular list must be.
_SPECIES = "SPECIES"


class PromotionParameters(TypedDict, total=False):
    """Parameters of GetRecommendations."""

    promotions: "list[PromotionTypeDef]"


class RecommendRequest(NamedTuple):
    """A valid request.

    `filter` and `promotion` are parameters of GetRecommendations, `species` are in the filter. `pets` is None if groups
    are asked for. `subject` is who asks, for experiments.
    """

    user_id: str
    limit: int
    filter: FilterParameters
    promotion: PromotionParameters
    species: tuple[str, ...] = ()
    pets: "PetRequest | None" = None
    subject: Subject = Subject()

    @property
    def is_plain(self) -> bool:
        """Whether there is neither a filter nor a promotion."""
        return not self.filter and not self.promotion

    @property
    def question(self) -> Question:
        """What Personalize is asked."""
        return {"userId": self.user_id, **self.filter, **self.promotion}

    @property
    def user_data(self) -> list[str]:
        """The values that must not be logged."""
        return [self.user_id, *self.filter.get("filterValues", {}).values()]


def parse_request(payload: Mapping[str, Any], filters: Mapping[str, Filter]) -> RecommendRequest:
    """Parse a payload.

    `userId`, else `sessionId`, else general recommendations; `limit` 1-500, default 10; optional
    `filter: {"name", "values"?}` and `promotion: {"name", "percent", "values"?}`, which fills `percent`
    of the list with items of the named filter; `pets` (see `pet_request.read_criteria`), with a limit of at most 100.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(payload)
    user, session = reader.read_user(), reader.read_session()
    subject = read_subject(reader, user, session)
    wants_pets = reader.value("pets") is not None
    maximum = MAX_PETS if wants_pets else MAX_LIMIT
    limit = reader.read_integer("limit", minimum=1, maximum=maximum, default=DEFAULT_LIMIT) or DEFAULT_LIMIT
    filter_parameters: FilterParameters = {}
    promotion_parameters: PromotionParameters = {}
    nested = []
    if reader.value("filter") is not None:
        nested.append(FieldReader(reader.value("filter"), "filter"))
        filter_parameters = read_filter(nested[-1], filters)
    if reader.value("promotion") is not None:
        nested.append(FieldReader(reader.value("promotion"), "promotion"))
        promotion_parameters = {"promotions": [_read_promotion(nested[-1], filters)]}
    visitor = visitor_id(user, session) or unknown_visitor()
    pets = None
    if wants_pets:
        nested.append(FieldReader(reader.value("pets"), "pets"))
        pets = _read_pets(nested[-1], limit=limit, visitor=visitor, user=user, session=session)
    for one in (reader, *nested):
        one.add_unknown_errors()
    reader.raise_errors(*nested)
    return RecommendRequest(
        user_id=visitor,
        limit=limit,
        filter=filter_parameters,
        promotion=promotion_parameters,
        species=_species(reader.value("filter")),
        pets=pets,
        subject=subject,
    )


def _read_pets(reader: FieldReader, **of_request: Any) -> "PetRequest":
    # Imported here, as all that belongs to pets: a cold start for a request without them would take longer.
    from animal_recommender.pets.pet_request import read_request

    return read_request(reader, **of_request)


def _read_promotion(reader: FieldReader, filters: Mapping[str, Filter]) -> "PromotionTypeDef":
    filter_parameters = read_filter(reader, filters)
    percent = reader.read_integer("percent", minimum=1, maximum=100) if reader.is_object else None
    return {"name": reader.value("name"), "percentPromotedItems": percent or 0, **filter_parameters}


def _species(chosen: Any) -> tuple[str, ...]:
    values: Mapping[str, Any] = (chosen or {}).get("values") or {}
    given: Any = next((value for name, value in values.items() if _SPECIES in name.upper()), [])
    return tuple(str(value) for value in (given if isinstance(given, list) else [given]))
