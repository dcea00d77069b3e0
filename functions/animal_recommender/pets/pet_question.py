"""Requests whose answers always have pets: who asks, with which filter, and for which pets."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from animal_recommender.filters import Filter, FilterParameters, read_filter
from animal_recommender.personalize_ids import unknown_visitor, visitor_id
from animal_recommender.pets.pet_request import PetRequest, read_request
from animal_recommender.recommendations import DEFAULT_LIMIT, MAX_PETS, Question
from animal_recommender.validation import FieldReader


class PetQuestion(NamedTuple):
    """A valid request. `filter` is parameters of GetRecommendations."""

    user_id: str
    filter: FilterParameters
    pets: PetRequest

    @property
    def question(self) -> Question:
        """What Personalize is asked."""
        return {"userId": self.user_id, **self.filter}

    @property
    def user_data(self) -> list[str]:
        """The values that must not be logged."""
        return [self.user_id, *self.filter.get("filterValues", {}).values()]


def read_question(reader: FieldReader, filters: Mapping[str, Filter]) -> PetQuestion:
    """Read `userId` or `sessionId` (nobody without both), `limit` (1-100, default 10), `filter` and `pets`.

    `filter` is `{"name", "values"?}`; for `pets` see `pet_request.read_criteria`. What is wrong is in the errors of
    `reader`.
    """
    user, session = reader.read_user(), reader.read_session()
    limit = reader.read_integer("limit", minimum=1, maximum=MAX_PETS, default=DEFAULT_LIMIT) or DEFAULT_LIMIT
    visitor = visitor_id(user, session) or unknown_visitor()
    criteria = FieldReader(_given(reader, "pets"), "pets")
    pets = read_request(criteria, limit=limit, visitor=visitor, user=user, session=session)
    reader.add_nested_errors(criteria)
    chosen: FilterParameters = {}
    if reader.value("filter") is not None:
        named = FieldReader(reader.value("filter"), "filter")
        chosen = read_filter(named, filters)
        reader.add_nested_errors(named)
    return PetQuestion(visitor, chosen, pets)


def _given(reader: FieldReader, name: str) -> Any:
    value = reader.value(name)
    return {} if value is None else value
