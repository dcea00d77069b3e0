"""The invented pets of the seed in the catalogue of the local AWS."""

from __future__ import annotations

from datetime import UTC, datetime

from animal_recommender.pets.feeds import CHANGES, IMPORTED
from animal_recommender.pets.pet_table import pet_key
from scripts.common.environments import Local
from scripts.common.task import TaskError
from scripts.common.terminal import Progress, inside, plural
from scripts.demo import adoption_site
from scripts.operate.deployment import Deployment
from scripts.operate.import_pets import follow, upload
from seed.pets import SHELTERS, pets


def put_example_pets(local: Local, progress: Progress) -> None:
    """Import the example pets as a shelter would: a file under feeds/. The newest of them are listed today.

    If they are in the catalogue already, they stay as they are.

    Raises:
        TaskError: The import did not succeed.
    """
    deployment, documents = Deployment("local"), list(pets(datetime.now(UTC)))
    if _are_there(deployment, documents[-1]["id"]):
        progress.note = "they are there already"
        return
    show, file = inside(progress), local.site / adoption_site.PETS
    ended = follow(deployment, upload(deployment, file, CHANGES, None, show), pause=0.3, show=show)
    if ended["state"] != IMPORTED:
        raise TaskError(f"The example pets were not imported: {ended}")
    available = sum(pet["status"] == "available" for pet in documents)
    progress.note = f"{plural(available, 'pet')} of {len(SHELTERS)} shelters can be adopted"


def _are_there(deployment: Deployment, pet_id: str) -> bool:
    client, table = deployment.aws.client("dynamodb"), deployment.name("pets-table")
    return "Item" in client.get_item(TableName=table, Key=pet_key(pet_id), ConsistentRead=True)
