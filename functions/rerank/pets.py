"""Requests with `petIds`: the catalogue knows the groups of the pets, and whether they can be adopted now."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import add_count_metric, logger
from animal_recommender.pets.age_limits import AgeLimits
from animal_recommender.pets.pet_reader import PetReader
from animal_recommender.pets.table_requests import TableUnavailableError
from rerank.ranking import Item, RerankRequest

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class RankedPets:
    """Ranks pets by their groups."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, age_limits: AgeLimits, now: Callable[[], float] = time.time
    ) -> None:
        self._reader = PetReader(dynamodb, table)
        self._age_limits = age_limits
        self._now = now

    def rank(self, request: RerankRequest, rank_items: Callable[[RerankRequest], dict[str, Any]]) -> dict[str, Any]:
        """Return the ranking of `rank_items` with every pet of the request once; unknown ids come last.

        `unavailable` has the pets that cannot be adopted now, `unknown` the ids of no pet. If the table does not
        answer, the order is that of the request, and both are None.
        """
        try:
            pets = self._reader.read(request.pet_ids)
        except TableUnavailableError as error:
            logger.error("Catalogue not available", extra={"error": error.code})
            add_count_metric("AnswersWithoutPets")
            unranked = {"ranking": list(request.pet_ids), "personalizeResponse": {}, "source": "input"}
            return {**unranked, "unavailable": None, "unknown": None}
        today = datetime.fromtimestamp(self._now(), UTC).date()
        known: list[Item] = [(one, pets[one].group(today, self._age_limits)) for one in request.pet_ids if one in pets]
        unknown = [one for one in request.pet_ids if one not in pets]
        ranked = rank_items(request._replace(items=known))
        unavailable = [one for one, _ in known if not pets[one].is_available]
        return {**ranked, "ranking": ranked["ranking"] + unknown, "unavailable": unavailable, "unknown": unknown}
