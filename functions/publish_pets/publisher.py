"""One run of the publisher: reads the available pets, writes the snapshot, and tells Personalize of groups."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.observability import add_count_metric, logger
from animal_recommender.pets.available_index import read_available
from animal_recommender.pets.pet_table import PENDING
from animal_recommender.pets.snapshot import SNAPSHOT_KEY, AvailablePet, build_snapshot
from publish_pets.catalogue import LEASE_SECONDS, Catalogue, State
from publish_pets.item_schema import Attributes, ItemSchema, read_seed
from publish_pets.item_updates import GroupState, GroupTable, ItemWriter, find_updates

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_personalize import PersonalizeClient
    from types_boto3_personalize_events import PersonalizeEventsClient
    from types_boto3_s3 import S3Client

    from publish_pets.function import Settings

# A change reaches the index a moment later. So a change is taken for published if it is so old when a read begins.
SETTLE_SECONDS = 2.0
# A writer that was killed did not say that it changed something, so everything is read from time to time.
READ_AGAIN_SECONDS = 600.0
# Reading takes at most this share of the time: a large catalogue that changes all the time is read less often.
READING_SHARE = 0.25
LONGEST_PAUSE = 30.0
# The schema of the dataset and the seed's file change rarely.
INPUTS_SECONDS = 600.0


class Clients(NamedTuple):
    """The clients of the services."""

    dynamodb: "DynamoDBClient"
    s3: "S3Client"
    personalize: "PersonalizeClient"
    personalize_events: "PersonalizeEventsClient"


class Publisher:
    """Publishes one catalogue. It lives as long as the process, and keeps what changes rarely."""

    def __init__(
        self,
        settings: "Settings",
        clients: Clients,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._clients = clients
        self._now = now
        self._sleep = sleep
        self._groups = GroupTable(clients.dynamodb, settings.pets_table)
        self._items = ItemWriter(clients.personalize_events, settings.items_dataset_arn, self._groups, sleep)
        self._inputs_read = 0.0
        self._schema = ItemSchema('{"fields": []}')
        self._seed: dict[str, dict[str, str]] = {}

    def publish(self, may_go_on: Callable[[], bool]) -> bool:
        """Publish until nothing has changed meanwhile, or `may_go_on` is false. Return whether this run had the lease.

        Raises:
            LeaseLostError: Another run took over.
            TableUnavailableError: The table did not answer.
        """
        catalogue = Catalogue(self._clients.dynamodb, self._settings.pets_table, self._now)
        if not catalogue.take_lease():
            return False
        while True:
            state = self._pass(catalogue, catalogue.read(), may_go_on)
            if not may_go_on():
                catalogue.release()
                return True
            if not state.is_complete:
                self._sleep(max(0.0, min(SETTLE_SECONDS, state.changed + SETTLE_SECONDS - self._now())))
            elif catalogue.release(state):
                return True

    def _pass(self, catalogue: Catalogue, state: State, may_go_on: Callable[[], bool]) -> State:
        """Publish what there is to publish now, and return the state afterwards."""
        catalogue.renew()
        today = datetime.fromtimestamp(self._now(), UTC).date()
        groups = self._groups.read()
        if not self._must_read(state, today, groups):
            return state
        self._pause(catalogue, state)
        started = self._now()
        changed_at = state.changed_at if state.changed + SETTLE_SECONDS <= started else ""
        pets = list(self._read(catalogue, today))
        has_inputs = self._read_inputs()
        known = len({*groups, *self._seed, *(pet.group for pet in pets)})
        digest = self._write_snapshot(build_snapshot(pets, changed_at, known), state)
        state = state._replace(
            snapshot_changed_at=changed_at,
            snapshot_digest=digest,
            read_at=started,
            read_seconds=self._now() - started,
            read_day=today.isoformat(),
            items_behind=True,
        )
        catalogue.save(state)
        sent = has_inputs and self._send_items(catalogue, pets, groups, today, may_go_on)
        state = state._replace(items_behind=not sent)
        catalogue.save(state)
        add_count_metric("AvailablePets", len(pets))
        logger.info("Catalogue published", extra={"pets": len(pets), "complete": state.is_complete})
        return state

    def _must_read(self, state: State, today: date, groups: Mapping[str, GroupState]) -> bool:
        return (
            not state.is_complete
            or state.items_behind
            or state.read_day != today.isoformat()
            or self._now() - state.read_at > READ_AGAIN_SECONDS
            or any(group.state == PENDING for group in groups.values())
        )

    def _pause(self, catalogue: Catalogue, state: State) -> None:
        pause = min(LONGEST_PAUSE, state.read_seconds * (1 / READING_SHARE - 1))
        end = min(self._now() + LONGEST_PAUSE, state.read_at + state.read_seconds + pause)
        while (remaining := end - self._now()) > 0:
            catalogue.renew()
            self._sleep(min(remaining, LEASE_SECONDS / 4))

    def _read(self, catalogue: Catalogue, today: date) -> Iterable[AvailablePet]:
        settings = self._settings
        pets = read_available(self._clients.dynamodb, settings.pets_table, today, settings.age_limits)
        for number, pet in enumerate(pets):
            if number % 1000 == 0:
                catalogue.renew()
            yield pet

    def _write_snapshot(self, content: bytes, state: State) -> str:
        digest = hashlib.sha256(content).hexdigest()
        if digest != state.snapshot_digest:
            self._clients.s3.put_object(Bucket=self._settings.pets_bucket, Key=SNAPSHOT_KEY, Body=content)
        return digest

    def _send_items(
        self,
        catalogue: Catalogue,
        pets: Iterable[AvailablePet],
        groups: Mapping[str, GroupState],
        today: date,
        may_go_on: Callable[[], bool],
    ) -> bool:
        updates = find_updates(groups, summarize(pets, today), self._schema, self._seed, self._now())

        def allowed() -> bool:
            catalogue.renew()
            return may_go_on()

        return self._items.send(updates, self._schema, self._seed, allowed)

    def _read_inputs(self) -> bool:
        """Read the schema and the seed if it is time. Return whether they are known."""
        if self._now() - self._inputs_read < INPUTS_SECONDS:
            return True
        try:
            self._schema, self._seed = self._fetch_inputs()
        except (*AwsError, ValueError, KeyError) as error:
            name = error_code(error) if isinstance(error, AwsError) else type(error).__name__
            logger.error("Schema or seed of the items not read", extra={"error": name})
            return False
        self._inputs_read = self._now()
        return True

    def _fetch_inputs(self) -> tuple[ItemSchema, dict[str, dict[str, str]]]:
        personalize, s3 = self._clients.personalize, self._clients.s3
        dataset = personalize.describe_dataset(datasetArn=self._settings.items_dataset_arn)["dataset"]
        schema = ItemSchema(personalize.describe_schema(schemaArn=dataset["schemaArn"])["schema"]["schema"])
        response = s3.get_object(Bucket=self._settings.seed_bucket, Key=self._settings.seed_items_key)
        return schema, read_seed(response["Body"].read())


def summarize(pets: Iterable[AvailablePet], today: date) -> dict[str, Attributes]:
    """Return for each group how many pets it has, and since how many days the longest one is listed."""
    day = (today - date(1970, 1, 1)).days
    counts: Counter[str] = Counter()
    oldest: dict[str, int] = {}
    for pet in pets:
        counts[pet.group] += 1
        oldest[pet.group] = min(pet.listed, oldest.get(pet.group, pet.listed))
    return {group: Attributes(count, max(day - oldest[group], 0)) for group, count in counts.items()}
