"""Split the data into events to train on and queries, by one of two protocols.

`split` is what Personalize documents: 90% of the users are for training. Of the other users, the newest 10% of the
events are the targets of one query each. So the training includes events that happened after the moment of a query.
`split_by_time` has no knowledge of the future: everything before one moment is for training, and the next events of
each user are the targets.

Source: Amazon Personalize developer guide, "Evaluating a solution version with metrics".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from local_aws.recommender.types import Event, Interactions

HELD_OUT_USERS = 0.1
HELD_OUT_EVENTS = 0.1
EVENTS_AFTER_CUT = 0.1
TARGET_EVENTS = 5


@dataclass(frozen=True)
class Query:
    """The history of one user, and the distinct items of the user's events after it.

    `now` is the time of the query in epoch seconds; None means that of the newest event of the history.
    """

    user_id: str
    history: Sequence[Event]
    targets: frozenset[str]
    now: float | None = None


def held_out_users(user_ids: Sequence[str], seed: int) -> frozenset[str]:
    """Return a tenth of the users, at least one, drawn by a hash of the id so that the order of rows has no effect."""
    ordered = sorted(set(user_ids), key=lambda user: blake2b(f"{seed}:{user}".encode(), digest_size=8).digest())
    return frozenset(ordered[: max(1, round(HELD_OUT_USERS * len(ordered)))])


def split(interactions: Interactions, seed: int = 0) -> tuple[Interactions, list[Query]]:
    """Return the interactions to train on, and the queries. A held-out user with one event gives no query."""
    held_out = held_out_users(interactions.user_ids, seed)
    training = [row for row, user in enumerate(interactions.user_ids) if user not in held_out]
    return select_rows(interactions, training), list(leave_out_newest(interactions, held_out))


def split_by_time(
    interactions: Interactions, after: float = EVENTS_AFTER_CUT, targets: int = TARGET_EVENTS
) -> tuple[Interactions, list[Query]]:
    """Return the interactions before a cut, and a query for each user with events on both sides of it.

    Args:
        interactions: All events.
        after: The share of the events that lie after the cut (0..1).
        targets: How many events after the cut are to be found.
    """
    times = interactions.timestamps
    cut = float(sorted(times)[int((1 - after) * len(times))])
    before = [row for row in range(len(times)) if times[row] < cut]
    active = frozenset(interactions.user_ids[row] for row in range(len(times)) if times[row] >= cut)
    queries = []
    for user, events in _events_of(interactions, active):
        middle = sum(event.timestamp < cut for event in events)
        if middle:
            found = frozenset(event.item_id for event in events[middle : middle + targets])
            queries.append(Query(user, events[:middle], found, cut))
    return select_rows(interactions, before), queries


def queries_of_new_users(
    interactions: Interactions, length: int, after: float = EVENTS_AFTER_CUT, targets: int = TARGET_EVENTS
) -> list[Query]:
    """Return a query for each user without events before the cut: the first `length` events, and the next ones."""
    times = interactions.timestamps
    cut = sorted(times)[int((1 - after) * len(times))]
    known = frozenset(user for user, time in zip(interactions.user_ids, times, strict=True) if time < cut)
    queries = []
    for user, events in _events_of(interactions, frozenset(interactions.user_ids) - known):
        if len(events) > length:
            found = frozenset(event.item_id for event in events[length : length + targets])
            queries.append(Query(user, events[:length], found, events[length].timestamp))
    return queries


Split = Callable[[Interactions, int], tuple[Interactions, list[Query]]]


@dataclass(frozen=True)
class Protocol:
    """A way to measure: its name, what it asks, and its split of the interactions with a seed."""

    name: str
    question: str
    split: Split


DOCUMENTED = Protocol("documented", "the newest 10% of the events of a tenth of the users, who are held out", split)
TIME_CUT = Protocol(
    "time cut",
    f"the next {TARGET_EVENTS} events of each user after a cut, which {EVENTS_AFTER_CUT:.0%} of all events follow",
    lambda interactions, _: split_by_time(interactions),
)


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
    for user, events in _events_of(interactions, users):
        left_out = max(1, round(HELD_OUT_EVENTS * len(events)))
        if len(events) > left_out:
            yield Query(user, events[:-left_out], frozenset(event.item_id for event in events[-left_out:]))


def _events_of(interactions: Interactions, users: frozenset[str]) -> Iterator[tuple[str, list[Event]]]:
    """Yield each of these users, in the order of their ids, with the user's events, oldest first."""
    rows = [row for row, user in enumerate(interactions.user_ids) if user in users]
    rows.sort(key=lambda row: (interactions.user_ids[row], interactions.timestamps[row]))
    for user, group in groupby(rows, key=lambda row: interactions.user_ids[row]):
        yield user, [_event(interactions, row) for row in group]


def _event(interactions: Interactions, row: int) -> Event:
    types, values = interactions.event_types, interactions.event_values
    return Event(
        interactions.item_ids[row],
        float(interactions.timestamps[row]),
        None if types is None else types[row],
        None if values is None else values[row],
    )
