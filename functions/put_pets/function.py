"""The function put_pets: puts up to 100 pets into the catalogue, changes or removes them."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import Handler, add_count_metric, instrument
from animal_recommender.pets.pet import REMOVED, Pet
from animal_recommender.pets.pet_writer import Change, PetWriter, StoredPet
from animal_recommender.pets.publisher import announce_change
from animal_recommender.request_handling import handle_request
from animal_recommender.timestamps import format_time
from put_pets.changes import apply_change
from put_pets.request import PetsRequest, RefusedPet, parse_request, refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient

_THREADS = 16
_EFFECTS = (Change.ADDED, Change.CHANGED, Change.REMOVED)


@dataclass(frozen=True)
class Settings:
    """Environment variables. PUBLISHER is the ARN or name of publish_pets."""

    pets_table: str
    publisher: str


def make_handler(
    settings: Settings, *, dynamodb: "DynamoDBClient", functions: "LambdaClient"
) -> Handler[Any, dict[str, Any]]:
    """Return the Lambda handler."""
    writer = PetWriter(dynamodb, settings.pets_table)

    def put(request: PetsRequest) -> dict[str, Any]:
        named = [*request.removed_ids, *(change.pet_id for change in request.changes)]
        stored = writer.read([*(pet.pet_id for pet in request.pets), *named])
        done = _write(writer, request, stored)
        changes = {pet_id: one for pet_id, one in done.items() if isinstance(one, Change)}
        refused = [*request.refused, *(one for one in done.values() if isinstance(one, RefusedPet))]
        unknown = [pet_id for pet_id in named if pet_id not in stored]
        if not changes and not unknown:
            raise refusal(refused)
        if any(change in _EFFECTS for change in changes.values()):
            announce_change(writer, functions, settings.publisher)
        answer: dict[str, list[Any]] = {
            **{kind.value: [pet_id for pet_id, one in changes.items() if one is kind] for kind in Change},
            "unknown": unknown,
            "refused": [one.as_dict() for one in sorted(refused, key=lambda one: one.place)],
        }
        _count(answer)
        return answer

    @instrument
    def handle(event: Any, context: "LambdaContext") -> dict[str, Any]:
        """Return `{"added", "changed", "removed", "unchanged", "stale", "unknown": [ids], "refused": [...]}`.

        `stale` pets have newer data in the catalogue, `unknown` ones were to be changed or removed and are not there.
        `refused` has `{"index", "id"?, "errors": [{"field", "message"}]}` for each pet that is not valid. Every change
        is acknowledged only when it is stored: no answer that is asked for later shows the pet as it was before.
        """
        result: dict[str, Any] = handle_request(event, lambda payload: put(parse_request(payload, _method(event))))
        return result

    return handle


def _method(event: Any) -> str | None:
    """Return the HTTP method of a proxy event, payload format 2.0 or 1.0; None for an invocation."""
    context = event.get("requestContext") if isinstance(event, Mapping) else None
    if not isinstance(context, Mapping):
        return None
    method: str | None = (context.get("http") or {}).get("method") or event.get("httpMethod")
    return method


def _removals(ids: Iterable[str], stored: Mapping[str, StoredPet]) -> list[Pet]:
    now = format_time(time.time())
    return [
        stored[one].pet._replace(status=REMOVED, updated_at=max(now, stored[one].pet.updated_at))
        for one in ids
        if one in stored
    ]


def _write(writer: PetWriter, request: PetsRequest, stored: Mapping[str, StoredPet]) -> dict[str, Change | RefusedPet]:
    pets = [*request.pets, *_removals(request.removed_ids, stored)]
    changes = [change for change in request.changes if change.pet_id in stored]
    tasks: dict[str, Callable[[], Change | RefusedPet]] = {
        **{pet.pet_id: partial(writer.write, pet, stored.get(pet.pet_id)) for pet in pets},
        **{change.pet_id: partial(apply_change, writer, change, stored[change.pet_id]) for change in changes},
    }
    with ThreadPoolExecutor(_THREADS) as threads:
        return dict(zip(tasks, threads.map(lambda task: task(), tasks.values()), strict=True))


def _count(answer: Mapping[str, list[Any]]) -> None:
    for metric, name in (
        ("PetsAdded", "added"),
        ("PetsChanged", "changed"),
        ("PetsRemoved", "removed"),
        ("PetsStale", "stale"),
        ("PetsRefused", "refused"),
    ):
        add_count_metric(metric, len(answer[name]))
