"""The function publish_pets: the catalogue's snapshot for recommend, and its groups for Personalize."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import Handler, add_age_metric, instrument, logger
from animal_recommender.pets.age_limits import AgeLimits, parse_age_limits
from animal_recommender.retries import Deadline
from publish_pets.catalogue import Catalogue, LeaseLostError
from publish_pets.publisher import Clients, Publisher

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Seconds for the last call and the response.
_RESERVE = 10.0


@dataclass(frozen=True)
class Settings:
    """Environment variables. SEED_BUCKET and SEED_ITEMS_KEY are the place of the imported items file."""

    pets_table: str
    pets_bucket: str
    items_dataset_arn: str
    seed_bucket: str
    seed_items_key: str
    age_limits: AgeLimits = field(metadata={"parse": parse_age_limits})


def make_handler(
    settings: Settings,
    clients: Clients,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Handler[Any, dict[str, Any]]:
    """Return the Lambda handler."""
    publisher = Publisher(settings, clients, now, sleep)

    @instrument
    def handle(event: Any, context: "LambdaContext") -> dict[str, Any]:
        """Publish the catalogue. Return `{"published"}`: false if another run does it."""
        deadline = Deadline(context, _RESERVE, clock)
        _record_age(Catalogue(clients.dynamodb, settings.pets_table), now())
        try:
            return {"published": publisher.publish(lambda: deadline.allows(0))}
        except LeaseLostError:
            logger.warning("Another run took the lease")
            return {"published": False}

    return handle


def _record_age(catalogue: Catalogue, now: float) -> None:
    """Record how old the data of the snapshot is: 0 if it has every change."""
    state = catalogue.read()
    add_age_metric("CatalogueAge", 0.0 if state.is_complete or not state.read_at else now - state.read_at)
