"""Requests whose answers always have pets: who asks, with which filter, and for which pets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from animal_recommender.experiments.lists import LISTS
from animal_recommender.experiments.subject import Subject, read_subject
from animal_recommender.filters import Filter, FilterParameters, read_filter
from animal_recommender.personalize_ids import unknown_visitor, visitor_id
from animal_recommender.pets.pet_request import PetRequest, read_request
from animal_recommender.recommendations import DEFAULT_LIMIT, MAX_PETS, Question
from animal_recommender.validation import FieldReader

if TYPE_CHECKING:
    from animal_recommender.experiments.assignment import Scope


class PetQuestion(NamedTuple):
    """A valid request. `filter` is parameters of GetRecommendations, `subject` is who asks, for experiments."""

    user_id: str
    filter: FilterParameters
    pets: PetRequest
    subject: Subject

    @property
    def question(self) -> Question:
        """What Personalize is asked."""
        return {"userId": self.user_id, **self.filter}

    @property
    def scope(self) -> "Scope":
        """What the request is limited to, for experiments."""
        from animal_recommender.experiments.assignment import Scope

        criteria = self.pets.criteria
        return Scope(criteria.species, criteria.shelters, frozenset() if self.filter else LISTS)

    @property
    def user_data(self) -> list[str]:
        """The values that must not be logged."""
        return [self.user_id, *self.filter.get("filterValues", {}).values()]


def read_question(reader: FieldReader, filters: Mapping[str, Filter]) -> PetQuestion:
    """Read `userId` or `sessionId` (nobody without both), `limit` (1-100, default 10), `filter` and `pets`.

    `filter` is `{"name", "values"?}`; for experiments see `read_subject`, and for `pets` `pet_request.read_criteria`.
    What is wrong is in the errors of `reader`.
    """
    user, session = reader.read_user(), reader.read_session()
    subject = read_subject(reader, user, session)
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
    return PetQuestion(visitor, chosen, pets, subject)


def _given(reader: FieldReader, name: str) -> Any:
    value = reader.value(name)
    return {} if value is None else value
