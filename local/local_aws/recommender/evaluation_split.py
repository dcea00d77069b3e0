"""Split the data as Personalize documents it.

90% of the users are for training. Of the other users, the newest 10% of the events are the targets of one query each.

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
class Query:
    """The history of one held-out user, and the distinct items of the user's events after it."""

    user_id: str
    history: Sequence[Event]
    targets: frozenset[str]


def held_out_users(user_ids: Sequence[str], seed: int) -> frozenset[str]:
    """Return a tenth of the users, at least one, drawn by a hash of the id so that the order of rows has no effect."""
    ordered = sorted(set(user_ids), key=lambda user: blake2b(f"{seed}:{user}".encode(), digest_size=8).digest())
    return frozenset(ordered[: max(1, round(HELD_OUT_USERS * len(ordered)))])


def split(interactions: Interactions, seed: int = 0) -> tuple[Interactions, list[Query]]:
    """Return the interactions to train on, and the queries. A held-out user with one event gives no query."""
    held_out = held_out_users(interactions.user_ids, seed)
    training = [row for row, user in enumerate(interactions.user_ids) if user not in held_out]
    return select_rows(interactions, training), list(leave_out_newest(interactions, held_out))


def select_rows(interactions: Interactions, rows: Sequence[int]) -> Interactions:
    """Return only these rows."""
    types, values = interactions.event_types, interactions.event_values
    return Interactions(
        [interactions.user_ids[row] for row in rows],
        [interactions.item_ids[row] for row in rows],
        [interactions.timestamps[row] for row in rows],
        None if types is None else [types[row] for row in rows],
        None if values is None else [values[row] for row in rows],
    )


def leave_out_newest(interactions: Interactions, users: frozenset[str]) -> Iterator[Query]:
    """Yield one query for each of these users with two events or more, in the order of their ids."""
    rows = [row for row, user in enumerate(interactions.user_ids) if user in users]
    rows.sort(key=lambda row: (interactions.user_ids[row], interactions.timestamps[row]))
    for user, group in groupby(rows, key=lambda row: interactions.user_ids[row]):
        events = [_event(interactions, row) for row in group]
        left_out = max(1, round(HELD_OUT_EVENTS * len(events)))
        if len(events) > left_out:
            yield Query(user, events[:-left_out], frozenset(event.item_id for event in events[-left_out:]))


def _event(interactions: Interactions, row: int) -> Event:
    types, values = interactions.event_types, interactions.event_values
    return Event(
        interactions.item_ids[row],
        float(interactions.timestamps[row]),
        None if types is None else types[row],
        None if values is None else values[row],
    )
