"""The processes of the interleaving test. Each appends what it does to a log of its own, with the machine's clock.

`python -m tests.integration.functions.recommend.players <role> <log> <seed> <option>`. A player runs until it is
killed; a line that says what it is about to do is in the log before it does it.

Roles: `writer` changes the status of pets, `visitor` runs the handler of `recommend`, `publisher` that of
`publish_pets`. A writer says `<pet> <status>` when it begins and `ack` when the table has acknowledged it.
"""

import io
import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from botocore.awsrequest import AWSResponse

from animal_recommender.animal_groups import GroupFields
from animal_recommender.clients import client
from animal_recommender.pets import pet_reader, snapshot_reader
from animal_recommender.pets.age_limits import DEFAULT_AGE_LIMITS
from animal_recommender.pets.pet import STATUSES, Pet
from animal_recommender.pets.pet_table import PET_NAMES, PET_PROJECTION
from animal_recommender.pets.pet_writer import PetWriter
from animal_recommender.recommendations import RecommendationSettings
from animal_recommender.timestamps import format_time
from publish_pets import publisher
from publish_pets.function import Settings as PublishSettings
from publish_pets.function import make_handler as make_publish
from recommend import function
from tests.unit.functions.fakes import FakeContext

TABLE, BUCKET, HISTORY = "pets", "pets-bucket", "history"
PETS = 48
GROUPS = 12
SCHEMA = json.dumps({"fields": [{"name": "ITEM_ID", "type": "string"}]})
THROTTLED = b'{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "slow"}'


class Log:
    """Lines of JSON, each with the time. All processes of a machine have the same monotonic clock."""

    def __init__(self, path: str) -> None:
        self._file = Path(path).open("a", buffering=1)  # noqa: SIM115 - open as long as the process

    def write(self, **entry: Any) -> None:
        self._file.write(json.dumps({"at": time.monotonic(), **entry}) + "\n")


class Body(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def throttle(dynamodb: Any, rng: random.Random, share: float) -> None:
    """Let a share of the calls be throttled, and the same share of BatchGetItem answer for a part of the keys only."""

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if rng.random() >= share:
            return None
        return AWSResponse(request.url, 400, {"x-amz-crc32": "0"}, Body(THROTTLED))

    def leave(parsed: dict[str, Any], **_: Any) -> None:
        items = parsed.get("Responses", {}).get(TABLE)
        if items and rng.random() < share:
            left = items.pop(rng.randrange(len(items)))
            asked = {"ProjectionExpression": PET_PROJECTION, "ExpressionAttributeNames": PET_NAMES}
            keys = [{"pk": left["pk"], "sk": {"S": "pet"}}]
            parsed["UnprocessedKeys"] = {TABLE: {"Keys": keys, "ConsistentRead": True, **asked}}

    dynamodb.meta.events.register("before-send.dynamodb", refuse)
    dynamodb.meta.events.register("after-call.dynamodb.BatchGetItem", leave)


def make_pet(number: int, status: str, updated_at: str) -> Pet:
    animal = dict(zip(GroupFields(), ("2", f"breed {number % GROUPS}", "3", "2"), strict=True))
    shelter, listed = f"shelter {number % 4}", format_time(time.time() - number * 86_400)
    return Pet(f"p{number:02}", animal, status, updated_at, shelter=shelter, listed_at=listed)


def write(log: Log, rng: random.Random, option: str) -> None:
    """Change pets whose number is `option` modulo 2, so that no two writers change the same pet."""
    writer = PetWriter(client("dynamodb"), TABLE)
    while True:
        number = rng.randrange(PETS // 2) * 2 + int(option)
        status = "available" if rng.random() < 0.5 else rng.choice(STATUSES[1:])
        pet = make_pet(number, status, format_time(time.time()))
        log.write(pet=pet.pet_id, status=status)
        writer.write(pet, writer.read([pet.pet_id]).get(pet.pet_id))
        log.write(ack=pet.pet_id)
        writer.mark_changed()
        time.sleep(rng.random() * 0.04)


class Ranking:
    """A campaign: the groups in another order for every request."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def get_recommendations(self, **_: Any) -> dict[str, Any]:
        groups = [f"2-breed {number}-3-2" for number in range(GROUPS)]
        self._rng.shuffle(groups)
        return {"itemList": [{"itemId": group} for group in groups], "recommendationId": "r"}


def visit(log: Log, rng: random.Random, option: str) -> None:
    """Ask for pets. With the option `unchecked` the last read is left out: then the test must find that."""
    dynamodb = client("dynamodb", attempts=1)
    throttle(dynamodb, rng, 0.05)
    if option == "unchecked":
        _believe_the_first_read()
    snapshot_reader.REFRESH_SECONDS = 0.3
    settings = RecommendationSettings(
        campaign_arn="arn",
        fallback_bucket=BUCKET,
        fallback_key="popular.json",
        pets_table=TABLE,
        pets_bucket=BUCKET,
        history_table=HISTORY,
        age_limits=DEFAULT_AGE_LIMITS,
        long_waiting_days=20,
        long_waiting_share=0.2,
    )
    ranking: Any = Ranking(rng)
    handler = function.make_handler(
        settings, personalize=ranking, make_s3=lambda: client("s3"), make_dynamodb=lambda: dynamodb
    )
    requests: list[Callable[[], dict[str, Any]]] = [
        lambda: {},
        lambda: {"perGroup": 3},
        lambda: {"shelters": [f"shelter {rng.randrange(4)}"]},
    ]
    while True:
        request = {"limit": rng.choice([1, 6, 20]), "pets": rng.choice(requests)()}
        user = {"userId": "u"} if rng.random() < 0.2 else {}
        started = time.monotonic()
        with redirect_stdout(io.StringIO()):
            answer = handler({**request, **user}, FakeContext())
        pets = [element["pet"] and element["pet"]["id"] for element in answer]
        log.write(started=started, pets=pets, limit=request["limit"], user=bool(user))


def _believe_the_first_read() -> None:
    known: dict[str, Pet] = {}
    read = pet_reader.PetReader.read

    def believe(reader: pet_reader.PetReader, pet_ids: Any) -> dict[str, Pet]:
        ids = list(pet_ids)
        known.update({one: pet for one, pet in read(reader, ids).items() if one not in known})
        return {one: known[one]._replace(status="available") for one in ids if one in known}

    pet_reader.PetReader.read = believe  # type: ignore[method-assign]


class Items:
    """The items dataset, which is of no interest here."""

    def describe_dataset(self, **_: Any) -> dict[str, Any]:
        return {"dataset": {"schemaArn": "arn"}}

    def describe_schema(self, **_: Any) -> dict[str, Any]:
        return {"schema": {"schema": SCHEMA}}

    def put_items(self, **_: Any) -> dict[str, Any]:
        return {}


def publish(log: Log, rng: random.Random, option: str) -> None:
    """Publish the catalogue again and again."""
    items: Any = Items()
    publisher.SETTLE_SECONDS = 0.2
    clients = publisher.Clients(client("dynamodb", attempts=1), client("s3"), items, items)
    handler = make_publish(PublishSettings(TABLE, BUCKET, "arn", BUCKET, "items.csv", DEFAULT_AGE_LIMITS), clients)
    while True:
        with redirect_stdout(io.StringIO()):
            result = handler({}, FakeContext(remaining_ms=15_000))
        log.write(**result)
        time.sleep(0.3)


def main() -> None:
    """Play one role."""
    role, path, seed, option = sys.argv[1:]
    play = {"writer": write, "visitor": visit, "publisher": publish}[role]
    play(Log(path), random.Random(int(seed)), option)


if __name__ == "__main__":
    main()
