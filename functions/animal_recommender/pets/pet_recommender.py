"""Recommendations of pets: the ranking of groups, and pets of these groups that can be adopted now.

Beside the call of the campaign two threads read the visitor's applications and, from time to time, a newer snapshot of
the catalogue. Candidates come from the snapshot; a strongly consistent read decides. Decision 0016 has the figures.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from animal_recommender.experiments.lists import LONGEST_WAITING, NEWEST
from animal_recommender.history_table import applied_pets, applied_query
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.pets.available_index import read_available
from animal_recommender.pets.pet import Pet
from animal_recommender.pets.pet_candidates import Candidate, CandidatePool, best_first
from animal_recommender.pets.pet_choice import Chosen, Wish, choose_pets
from animal_recommender.pets.pet_reader import PetReader
from animal_recommender.pets.pet_request import PetRequest
from animal_recommender.pets.pet_table import CATALOGUE_KEY, NO_SHELTER, listing_day
from animal_recommender.pets.snapshot import Snapshot, build_snapshot
from animal_recommender.pets.snapshot_reader import SnapshotReader
from animal_recommender.pets.table_requests import TableUnavailableError, read_pages, retried
from animal_recommender.popular_list_reader import PopularListReader
from animal_recommender.recommendations import Element, RecommendationSettings

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client


# GetRecommendations returns at most 500 items. To read so many takes longer than all else that a request for pets does,
# so fewer are asked for if most groups have pets: at least MIN_GROUPS, and MARGIN times as many as should be needed.
MAX_GROUPS = 500
MIN_GROUPS = 10
MARGIN = 2
# Pets that have waited long are looked for in so many of the best groups that have pets.
LONG_WAITING_GROUPS = 100
# So many seconds after the call of the campaign begins, other calls may. Two threads that prepare requests at once stop
# each other, and nobody waits for the others: this takes half a millisecond off an answer.
HEAD_START = 0.002
# The index is only read for lists that the snapshot cannot fill, and at most so far: some 50,000 pets.
MAX_INDEX_PAGES = 20


class PetRecommender:
    """Answers requests with `pets`."""

    def __init__(
        self,
        settings: RecommendationSettings,
        popular: PopularListReader,
        *,
        dynamodb: "DynamoDBClient",
        make_s3: "Callable[[], S3Client]",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._popular = popular
        self._dynamodb = dynamodb
        self._now = now
        self._pets = PetReader(dynamodb, settings.pets_table)
        self._snapshots = SnapshotReader(make_s3, settings.pets_bucket)
        self._threads = ThreadPoolExecutor(max_workers=2)

    def recommend(
        self,
        request: PetRequest,
        rank: Callable[[int], list[Element]],
        *,
        is_plain: bool,
        is_filtered: bool,
        shows: str | None = None,
    ) -> list[Element]:
        """Return the pets for a visitor, each in the element of its group.

        `rank` returns so many groups, best first, as an answer without pets has them. With `is_filtered` no other
        groups may follow; `is_plain` says that there is neither a filter nor a promotion. `shows` is what an arm of an
        experiment shows: by NEWEST and LONGEST_WAITING pets are in the order of their listing, and nothing is ranked.
        If a table does not answer, the elements are the best groups, and the `pet` of each is None.
        """
        listing = shows if shows in (NEWEST, LONGEST_WAITING) else None
        applied = self._threads.submit(self._applied_pets, request.partitions)
        self._snapshots.start(self._threads)
        elements = [] if listing else self._rank(request, rank, is_plain)
        others = None if is_filtered else partial(self._popular.top, MAX_GROUPS, sorted(request.criteria.species))
        choice = _Choice(request, elements, others, self._settings, self._now(), listing)
        try:
            chosen = self._choose(choice, applied.result() | request.excluded)
        except TableUnavailableError as error:
            record_missing_catalogue(error)
            wanted = [element for element in elements if request.criteria.allow_group(element["id"])]
            return [{**element, "pet": None} for element in wanted[: request.limit]]
        add_count_metric("PetPositionsUnfilled", request.limit - len(chosen))
        return choice.elements(chosen)

    def group_of(self, pet_id: str) -> str | None:
        """Return the present group of a pet, whatever its status; None if the catalogue has no such pet.

        Raises:
            TableUnavailableError: The table does not answer.
        """
        pet = self._pets.read([pet_id]).get(pet_id)
        return pet.group(PetRequest.day(self._now()), self._settings.age_limits) if pet else None

    def _rank(self, request: PetRequest, rank: Callable[[int], list[Element]], is_plain: bool) -> list[Element]:
        snapshot = self._snapshots.latest
        needed = -(-request.limit // request.criteria.per_group) + 2
        if not is_plain or request.criteria.is_narrow or not snapshot.groups or not snapshot.known_groups:
            return rank(MAX_GROUPS)
        count = max(MIN_GROUPS, MARGIN * needed * snapshot.known_groups // len(snapshot.groups))
        if count >= MAX_GROUPS:
            return rank(MAX_GROUPS)
        elements = rank(count)
        with_pets = sum(element["id"] in snapshot.group_numbers for element in elements)
        return elements if with_pets >= needed or len(elements) < count else rank(MAX_GROUPS)

    def _choose(self, choice: "_Choice", excluded: frozenset[str]) -> list[Chosen]:
        def read(pet_ids: Iterable[str]) -> dict[str, Pet]:
            pets = self._pets.read(pet_ids)
            return {pet_id: pet for pet_id, pet in pets.items() if choice.request.criteria.allow(pet)}

        snapshot = self._snapshots.current()
        chosen = choice.choose_from(snapshot, excluded, read)
        if len(chosen) == choice.request.limit or self._is_complete(snapshot):
            return chosen
        try:
            return choice.choose_from(self._read_index(choice), excluded, read)
        except TableUnavailableError as error:
            if not chosen:
                raise
            logger.warning("Index of available pets not read", extra={"error": str(error)})
            return chosen

    def _is_complete(self, snapshot: Snapshot) -> bool:
        """Return whether the snapshot has all changes of the catalogue."""
        read = retried(self._dynamodb.get_item)
        response = read(TableName=self._settings.pets_table, Key=CATALOGUE_KEY, ConsistentRead=True)
        catalogue = response.get("Item", {})
        return catalogue.get("changedAt", {"S": ""})["S"] == snapshot.changed_at

    def _read_index(self, choice: "_Choice") -> Snapshot:
        shelters = choice.request.criteria.shelters - {NO_SHELTER}
        table = self._settings.pets_table
        limits = self._settings.age_limits
        pets = read_available(self._dynamodb, table, choice.on, limits, shelters=shelters, max_pages=MAX_INDEX_PAGES)
        return Snapshot(build_snapshot(pets, ""))

    def _applied_pets(self, partitions: Iterable[str]) -> frozenset[str]:
        """Return the ids of the pets for which the visitor has applied."""
        time.sleep(HEAD_START)
        query = retried(self._dynamodb.query)
        requests = (applied_query(self._settings.history_table, partition) for partition in partitions)
        pages = (items for request in requests for items in read_pages(query, request))
        return frozenset(chain.from_iterable(map(applied_pets, pages)))


def record_missing_catalogue(error: TableUnavailableError) -> None:
    """Log and count an answer without pets."""
    logger.error("Catalogue not available", extra={"error": str(error)})
    add_count_metric("AnswersWithoutPets")


class _Choice:
    """One request's choice: the order of the candidates and the elements of the answer."""

    def __init__(
        self,
        request: PetRequest,
        ranked: list[Element],
        others: Callable[[], Iterable[str]] | None,
        settings: RecommendationSettings,
        now: float,
        listing: str | None,
    ) -> None:
        self.request = request
        self._listing = listing
        self._ranked = ranked
        self._others = others  # the groups that may come after the ranked ones; None: there must be none
        self.on = request.day(now)
        self._age_limits = settings.age_limits
        self._latest_long_ago = listing_day(self.on.isoformat()) - settings.long_waiting_days
        # A list by listing has its own order: nobody gets another place in it.
        self._long_waiting = 0 if listing else int(request.limit * settings.long_waiting_share + 1e-9)

    def choose_from(
        self, snapshot: Snapshot, excluded: frozenset[str], read: Callable[[Iterable[str]], dict[str, Pet]]
    ) -> list[Chosen]:
        """Return pets of a snapshot that `read` confirms, without those that are `excluded`."""
        criteria = self.request.criteria
        pool = CandidatePool(snapshot, criteria, self.request.rotation(self.on))
        best = self._best(snapshot, pool, excluded)
        with_pets = (group for group in self._groups(pool) if group in snapshot.group_numbers)
        waiting = best_first(
            snapshot,
            islice(with_pets, LONG_WAITING_GROUPS),
            lambda group: pool.waiting_of(group, self._latest_long_ago),
            criteria.per_group,
        )
        wish = Wish(self.request.limit, criteria.per_group, self._long_waiting, self._latest_long_ago, excluded)
        return choose_pets(wish, best, waiting, read)

    def _best(self, snapshot: Snapshot, pool: CandidatePool, excluded: frozenset[str]) -> Iterator[Candidate]:
        if self._listing:
            return pool.by_listing(newest_first=self._listing == NEWEST)
        best_of = partial(self._best_of, snapshot, pool, excluded)
        return best_first(snapshot, self._groups(pool), best_of, self.request.criteria.per_group)

    @staticmethod
    def _best_of(snapshot: Snapshot, pool: CandidatePool, excluded: frozenset[str], group: str) -> Iterator[int]:
        # Not left to `choose_pets`: in the first round of a group another one of its pets must take the place.
        pets = pool.best_of(group)
        return (pet for pet in pets if snapshot.pet_id(pet) not in excluded) if excluded else pets

    def _groups(self, pool: CandidatePool) -> Iterable[str]:
        ranked = (element["id"] for element in self._ranked)
        if self._others is None:
            return ranked
        # Functions, so that what is not needed is not asked for.
        sources = (self._others, pool.groups)
        return chain(ranked, chain.from_iterable(source() for source in sources))

    def elements(self, chosen: Iterable[Chosen]) -> list[Element]:
        """Return the answer: the element of each pet's group, and the pet."""
        ranked = {element["id"]: element for element in self._ranked}
        return [self._element(one, ranked) for one in chosen]

    def _element(self, chosen: Chosen, ranked: dict[str, Element]) -> Element:
        group = chosen.pet.group(self.on, self._age_limits)
        element = ranked.get(group) or {"id": group, "source": self._listing or "popular"}
        promotion = {"promotion": "long-waiting"} if chosen.promoted else {}
        return {**element, **promotion, "pet": self._description(chosen.pet)}

    def _description(self, pet: Pet) -> Element:
        waiting = listing_day(self.on.isoformat()) - listing_day(pet.listed_at) if pet.listed_at else None
        near = self.request.criteria.near
        distance = near.distance(pet.latitude, pet.longitude) if near else None
        optional = {
            "name": pet.name,
            "photo": pet.photo,
            "url": pet.url,
            "shelter": pet.shelter,
            "distanceKilometers": None if distance is None else round(distance, 1),
            "daysWaiting": None if waiting is None else max(waiting, 0),
        }
        return {"id": pet.pet_id, **{name: value for name, value in optional.items() if value is not None}}
