"""Look up a pet with the history of its status (NAME=id), or list pets by shelter, status and group.

For example `make pets NAME=A-17 ENV=dev`, and `make pets ARGS='--shelter north --status available' ENV=dev`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from animal_recommender.pets.age_limits import parse_age_limits
from animal_recommender.pets.pet import AVAILABLE, STATUSES, Pet
from animal_recommender.pets.pet_table import pet_key, read_origin, status_history, status_range, to_pet
from animal_recommender.validation import printable
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console, print_fields, print_table
from scripts.operate.deployment import Deployment, argument_parser, connect, number_from

if TYPE_CHECKING:
    import argparse

LIMIT = 50
_COLUMNS = ["id", "name", "group", "status", "shelter", "listed", "data of"]


def print_pet(deployment: Deployment, pet_id: str) -> None:
    """Print a pet and the history of its status.

    Raises:
        TaskError: There is no such pet.
    """
    table, dynamodb = deployment.name("pets-table"), deployment.aws.client("dynamodb")
    item: Any = dynamodb.get_item(TableName=table, Key=pet_key(pet_id), ConsistentRead=True).get("Item")
    if not item:
        raise TaskError(f"there is no pet {pet_id!r} in {table}")
    facts = _facts(to_pet(item), _group(deployment), read_origin(item).source)
    print_fields([(name, escape(printable(value))) for name, value in facts])
    print_table("Status", ["since", "status"], status_history(item, _kept(deployment, pet_id)))


def _facts(pet: Pet, group: Callable[[Pet], str], source: str | None) -> list[tuple[str, str]]:
    place = None if pet.latitude is None else f"{pet.latitude}, {pet.longitude}"
    facts = {
        "id": pet.pet_id,
        "name": pet.name,
        "group": group(pet),
        "status": pet.status,
        "born": pet.birth_date,
        "shelter": pet.shelter,
        "place": place,
        "photo": pet.photo,
        "page": pet.url,
        "listed": pet.listed_at,
        "data of": pet.updated_at,
        "from feeds in": source,
        **pet.fields,
    }
    return [(name, value) for name, value in facts.items() if value is not None]


def _kept(deployment: Deployment, pet_id: str) -> Iterator[Mapping[str, Any]]:
    """Yield the statuses that a pet had."""
    pk, prefix = status_range(pet_id)
    pages = (
        deployment.aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=deployment.name("pets-table"),
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": pk}, ":prefix": {"S": prefix}},
        )
    )
    for page in pages:
        yield from page["Items"]


def list_pets(deployment: Deployment, status: str | None, shelter: str | None, group: str | None) -> Iterator[Pet]:
    """Yield the pets with a status, of a shelter and in a group; None means any. This reads the whole table."""
    conditions = {"sk": "pet"} | {name: value for name, value in (("status", status), ("shelter", shelter)) if value}
    pages = (
        deployment.aws.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=deployment.name("pets-table"),
            FilterExpression=" AND ".join(f"#{name} = :{name}" for name in conditions),
            ExpressionAttributeNames={f"#{name}": name for name in conditions},
            ExpressionAttributeValues={f":{name}": {"S": value} for name, value in conditions.items()},
        )
    )
    pets = (to_pet(item) for page in pages for item in page["Items"])
    group_of = _group(deployment)
    yield from (pet for pet in pets if group in (None, group_of(pet)))


def _group(deployment: Deployment) -> Callable[[Pet], str]:
    """Return what tells the group of a pet today."""
    today, age_limits = datetime.now(UTC).date(), parse_age_limits(deployment.name("age-limits"))
    return lambda pet: pet.group(today, age_limits)


def print_list(deployment: Deployment, given: argparse.Namespace) -> None:
    """Print the first pets of a list, and whether there are more."""
    status = None if given.status == "all" else given.status
    found = list(islice(list_pets(deployment, status, given.shelter, given.group), given.limit + 1))
    group = _group(deployment)
    rows = [
        (
            escape(printable(pet.pet_id)),
            escape(printable(pet.name or "")),
            escape(printable(group(pet))),
            pet.status,
            escape(printable(pet.shelter or "")),
            (pet.listed_at or "")[:10],
            pet.updated_at[:19],
        )
        for pet in found[: given.limit]
    ]
    print_table(f"Pets of {deployment.environment}", _COLUMNS, rows)
    if len(found) > given.limit:
        console.print(f"There are more; ARGS='--limit {given.limit * 10}' shows them.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argument_parser("pets", __doc__)
    parser.add_argument("--id", metavar="ID", help="the pet (make pets NAME=id)")
    parser.add_argument("--status", choices=(*STATUSES, "all"), default=AVAILABLE, help="default: available")
    parser.add_argument("--shelter", help="id of a shelter")
    parser.add_argument("--group", help="id of a group, for example 2-Beagle-3-2")
    parser.add_argument("--limit", type=number_from(int, 1), default=LIMIT, help=f"number of pets (default: {LIMIT})")
    given = parser.parse_args(arguments)

    def task() -> None:
        deployment = connect(given.environment)
        if given.id:
            print_pet(deployment, given.id)
        else:
            print_list(deployment, given)

    return run_task(task)


if __name__ == "__main__":
    sys.exit(main())
