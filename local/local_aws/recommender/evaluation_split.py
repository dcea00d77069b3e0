"""The split that Personalize documents: 90% of the users train; the newest 10% of the events of the others are asked.

Source: Amazon Personalize developer guide, "Evaluating a solution version with metrics".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from local_aws.recommender.types import Event, Interactions

HELD_OUT_USERS = 0.1
HELD_OUT_EVENTS = 0.1


@dataclass(frozen=True)
class Question:
    """What one held-out user did until a moment, and the distinct items of what they did then."""

    user_id: str
    history: Sequence[Event]
    answers: frozenset[str]


def held_out_users(user_ids: Sequence[str], seed: int) -> frozenset[str]:
    """A tenth of the users (at least one), drawn by a hash of the id, so that the order of the rows does not matter."""
    ordered = sorted(set(user_ids), key=lambda user: blake2b(f"{seed}:{user}".encode(), digest_size=8).digest())
    return frozenset(ordered[: max(1, round(HELD_OUT_USERS * len(ordered)))])


def split(interactions: Interactions, seed: int = 0) -> tuple[Interactions, list[Question]]:
    """Interactions to train on, and the questions; held-out users with a single event cannot be asked."""
    held_out = held_out_users(interactions.user_ids, seed)
    training = [row for row, user in enumerate(interactions.user_ids) if user not in held_out]
    return rows_of(interactions, training), list(questions(interactions, held_out))


def rows_of(interactions: Interactions, rows: Sequence[int]) -> Interactions:
    """Only these rows."""
    types, values = interactions.event_types, interactions.event_values
    return Interactions(
        [interactions.user_ids[row] for row in rows],
        [interactions.item_ids[row] for row in rows],
        [interactions.timestamps[row] for row in rows],
        None if types is None else [types[row] for row in rows],
        None if values is None else [values[row] for row in rows],
    )


def questions(interactions: Interactions, users: frozenset[str]) -> Iterator[Question]:
    """One question for each of these users with two events or more, in the order of their ids."""
    rows = [row for row, user in enumerate(interactions.user_ids) if user in users]
    rows.sort(key=lambda row: (interactions.user_ids[row], interactions.timestamps[row]))
    for user, group in groupby(rows, key=lambda row: interactions.user_ids[row]):
        events = [_event(interactions, row) for row in group]
        asked = max(1, round(HELD_OUT_EVENTS * len(events)))
        if len(events) > asked:
            yield Question(user, events[:-asked], frozenset(event.item_id for event in events[-asked:]))


def _event(interactions: Interactions, row: int) -> Event:
    types, values = interactions.event_types, interactions.event_values
    return Event(
        interactions.item_ids[row],
        float(interactions.timestamps[row]),
        None if types is None else types[row],
        None if values is None else values[row],
    )
