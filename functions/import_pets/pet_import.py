"""One import: compares a feed with the catalogue and writes what is new, so that any number of runs end the same."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from animal_recommender.pets.feeds import COMPLETE, DEFAULT_MAPPING
from animal_recommender.pets.pet import AVAILABLE, REMOVED, STATUSES, Pet
from animal_recommender.pets.pet_table import Item, Origin, pet_id_of, read_origin
from animal_recommender.pets.pet_writer import Change, PetWriter, StoredPet
from animal_recommender.pets.table_requests import MAX_KEYS, read_pages
from import_pets.feed_reader import FeedContent
from import_pets.feed_source import FeedSource, SupersededError
from import_pets.removal_guard import GONE, check_removals

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

THREADS = 16
_EFFECTS = {Change.ADDED, Change.CHANGED, Change.REMOVED}

# Makes of a pet as it is what it is to be, or None to leave it.
_Decision = Callable[[StoredPet | None], Pet | None]


class FeedScope(NamedTuple):
    """Which pets a feed is about: its id, kind, source and time, and the share of them that it may remove."""

    feed_id: str
    kind: str
    source: str
    time: str
    maximum_removed_share: float

    @property
    def origin(self) -> Origin:
        """The origin of the pets that this feed writes. Changes leave each pet to the source that it has."""
        return Origin(self.source if self.kind == COMPLETE else None, self.feed_id, time=self.time)


@dataclass
class Tally:
    """What an import did with the pets of a feed. The same feed gives the same counts, however often it was begun."""

    processed: int = 0
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))

    def add(self, change: Change) -> None:
        """Count a pet."""
        self.counts[change] += 1

    @property
    def has_effects(self) -> bool:
        """Whether the catalogue has changed."""
        return any(self.counts[change] for change in _EFFECTS)


class _Row(NamedTuple):
    """What the guard needs to know of a pet in the catalogue."""

    status: str
    updated_at: str
    origin: Origin


class PetImport:
    """The import of one feed."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, scope: FeedScope, report: Callable[[Tally], None]
    ) -> None:
        """Prepare an import.

        Args:
            dynamodb: The client.
            table: The pets table.
            scope: Which pets the feed is about.
            report: Called after each step with what was done until then.
        """
        self._dynamodb = dynamodb
        self._table = table
        self._scope = scope
        self._report = report
        self._writer = PetWriter(dynamodb, table, new_source=scope.source)
        self._source = FeedSource(dynamodb, table, scope.source, scope.time)
        self.tally = Tally()

    def run(self, content: FeedContent) -> None:
        """Write the feed's pets, then remove what a complete feed no longer has.

        Raises:
            ValidationError: The feed would remove too much; nothing was written.
            SupersededError: There is a newer complete feed; what only this one has is removed, by this one or by that.
        """
        try:
            if self._is_complete:
                self._source.note_begun()
            self._source.check_newest()
            self._guard(content)
            for pets in content.chunks(MAX_KEYS, self._scope.time):
                self._source.check_newest()
                self._write(pets)
            if self._is_complete:
                self._source.note_written()
                self._remove_missing(content)
            self._source.check_newest()
        except SupersededError:
            self._withdraw()
            raise

    @property
    def _is_complete(self) -> bool:
        return self._scope.kind == COMPLETE

    def _guard(self, content: FeedContent) -> None:
        """Raise ValidationError if too many pets would leave the site."""
        unavailable = content.with_status_in(set(STATUSES) - {AVAILABLE})
        if not self._is_complete and not unavailable:
            return
        stored = self._scan()
        available = {
            pet_id
            for pet_id, row in stored.items()
            if row.status == AVAILABLE and (pet_id in content.pets or self._is_same_source(row.origin))
        }
        gone = content.with_status_in(GONE) | self._missing(content, stored)
        check_removals(available, gone, unavailable, self._scope.maximum_removed_share)

    def _missing(self, content: FeedContent, stored: Mapping[str, _Row]) -> set[str]:
        """Return the pets that the complete feed no longer has; none if one of its rows has no readable id."""
        if not self._is_complete or content.nameless:
            return set()
        ours = {pet_id for pet_id, row in stored.items() if self._is_same_source(row.origin)}
        return ours - content.pets.keys() - content.unsaid

    def _remove_missing(self, content: FeedContent) -> None:
        """Remove what the feed does not have, with what older feeds wrote while this one did."""
        missing = sorted(self._missing(content, self._scan()))
        for start in range(0, len(missing), MAX_KEYS):
            self._source.check_newest()
            self._revise_all(dict.fromkeys(missing[start : start + MAX_KEYS], self._removed))

    def _scan(self) -> dict[str, _Row]:
        """Return the pets of all sources, unless something newer is known of them.

        Pets that are removed are left out, except those that this feed removed.
        """
        items = self._items("sk = :pet AND (#status <> :removed OR importId = :feed)")
        rows = {pet_id_of(item): _Row(item["status"]["S"], item["updatedAt"]["S"], read_origin(item)) for item in items}
        return {pet_id: row for pet_id, row in rows.items() if self._is_older(row)}

    def _is_older(self, row: _Row) -> bool:
        older = row.updated_at < self._scope.time or row.origin.feed == self._scope.feed_id
        return older and not self._is_newer(row.origin)

    def _is_same_source(self, origin: Origin) -> bool:
        return (origin.source or DEFAULT_MAPPING) == self._scope.source

    def _is_newer(self, origin: Origin) -> bool:
        """Return whether a newer feed of the source has spoken of a pet since."""
        return self._is_same_source(origin) and (origin.time or "") > self._scope.time

    def _items(self, condition: str) -> Iterator[Item]:
        values = {":pet": {"S": "pet"}, ":removed": {"S": REMOVED}, ":feed": {"S": self._scope.feed_id}}
        parameters: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "FilterExpression": condition,
            "ProjectionExpression": "pk, #status, updatedAt, #source, importId, importAction, importTime",
            "ExpressionAttributeNames": {"#status": "status", "#source": "source"},
            "ExpressionAttributeValues": {name: value for name, value in values.items() if name in condition},
        }
        return chain.from_iterable(read_pages(self._dynamodb.scan, parameters))

    def _write(self, pets: list[Pet]) -> None:
        self._revise_all({pet.pet_id: partial(self._described, pet) for pet in pets})

    def _revise_all(self, decisions: Mapping[str, _Decision]) -> None:
        stored = self._writer.read(decisions)

        def revise(pet_id: str) -> Change:
            return self._writer.revise(pet_id, stored.get(pet_id), decisions[pet_id], self._scope.origin)

        with ThreadPoolExecutor(THREADS) as threads:
            changes = list(threads.map(revise, decisions))
        if not _EFFECTS.isdisjoint(changes):
            self._writer.mark_changed()  # Until then answers take their snapshot for complete.
        for change in changes:
            self.tally.add(change)
        self.tally.processed += len(decisions)
        self._report(self.tally)

    def _described(self, pet: Pet, stored: StoredPet | None) -> Pet | None:
        """Return a pet of the feed, with a time that counts.

        Software that sends the time of a pet's last change does not count its absence from a feed as one. So the time
        of the feed replaces it if an earlier feed, without the pet, gave its own time to the removal.
        """
        if stored is None:
            return pet
        if self._is_newer(stored.origin):
            return None
        is_time_of_a_feed = self._is_same_source(stored.origin) and stored.origin.time == stored.pet.updated_at
        replaces = is_time_of_a_feed and pet.updated_at < stored.pet.updated_at < self._scope.time
        return pet._replace(updated_at=self._scope.time) if replaces else pet

    def _removed(self, stored: StoredPet | None) -> Pet | None:
        """Return a pet as removed at the time of the feed, unless something newer is known of it."""
        if stored is None or stored.pet.updated_at > self._scope.time or self._is_newer(stored.origin):
            return None
        return stored.pet._replace(status=REMOVED, updated_at=self._scope.time)

    def _withdraw(self) -> None:
        """Remove what this feed wrote and a newer one has not, once the newer one has written everything.

        Until then nothing needs to be done: the newer feed will remove what it does not have. It may also be refused.
        """
        if not self._source.is_newer_written():
            return
        written = self._items("sk = :pet AND importId = :feed AND #status <> :removed")
        for pet_id, stored in self._writer.read(map(pet_id_of, written)).items():
            self._writer.revise(pet_id, stored, self._withdrawn, self._scope.origin)

    def _withdrawn(self, stored: StoredPet | None) -> Pet | None:
        return self._removed(stored) if stored and stored.origin.feed == self._scope.feed_id else None
