"""User segments: the users with the greatest affinity for an item, or for items with an attribute.

The affinity of a user is the probability that the user's next item is one of these (developer guide, "User segmentation
recipes").
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from local_aws.personalize.batch_files import Answer, Query
from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.data import DatasetGroupData
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import FilterContext, allowed_items, check_filter, parse_filter
from local_aws.personalize.filters.apply import ItemIndex
from local_aws.personalize.resource_store import Resource
from local_aws.personalize.resource_types import FILTER
from local_aws.personalize.service import Service
from local_aws.recommender import Event


def find_segments(service: Service, deployment: Deployment, job: Resource, queries: Sequence[Query]) -> list[Answer]:
    """Return for each query `{"usersList": [...]}`, the users with the greatest affinity first, or an error."""
    data = service.data(deployment.group_arn)
    users = sorted(_allowed_users(service, data, job))
    groups: list[NDArray[np.int64] | InvalidInputError] = [_group(service, deployment, query) for query in queries]
    valid = [group for group in groups if not isinstance(group, InvalidInputError)]
    limit = service.settings.quotas.history_events
    histories = (deployment.events.filter_history(data.interactions.history(user, limit)) for user in users)
    shares = [deployment.model.shares(history, valid) for history in histories]
    affinities = iter(np.array(shares).reshape(len(users), len(valid)).T)
    return [
        group if isinstance(group, InvalidInputError) else _segment(users, next(affinities), job["numResults"])
        for group in groups
    ]


def _segment(users: Sequence[str], affinities: NDArray[np.float64], count: int) -> dict[str, Any]:
    best = np.argsort(-affinities, kind="stable")[:count]
    return {"usersList": [users[place] for place in best]}


def _group(service: Service, deployment: Deployment, query: Query) -> NDArray[np.int64] | InvalidInputError:
    """Return the positions of the items of a query in the model."""
    name = "itemAttributes" if deployment.recipe.needs_items else "itemId"
    value = query.get(name)
    if not isinstance(value, str):
        return InvalidInputError(f"{name} is missing or not a string.")
    try:
        items = _items_with(service, deployment.group_arn, value) if deployment.recipe.needs_items else {value}
    except InvalidInputError as error:
        return error
    positions = deployment.model.positions(items)
    return positions if len(positions) else InvalidInputError(f"There is no item for the {name} {value}.")


def _items_with(service: Service, group_arn: str, attributes: str) -> frozenset[str]:
    """Return the items that meet a condition like `ITEMS.genres = "Comedy" AND ITEMS.genres = "Action"`."""
    parsed = parse_filter(f"INCLUDE ItemID WHERE {attributes}")
    with service.lock:
        check_filter(parsed, lambda dataset_type: service.schema_of(group_arn, dataset_type))
    data = service.data(group_arn)
    return allowed_items(parsed, FilterContext(data.item_index(), data.candidates, (), None, {}))


def _allowed_users(service: Service, data: DatasetGroupData, job: Resource) -> frozenset[str]:
    users = data.interactions.user_ids()
    if not job.get("filterArn"):
        return users
    parsed = parse_filter(service.store.get(job["filterArn"], FILTER)["filterExpression"])
    records: Mapping[str, Mapping[str, Any]] = data.users.snapshot()
    # To a filter of users, they are what items are to other filters: in the catalogue and in the events.
    events = [Event(user, 0.0, event_type) for user, event_type in data.interactions.types_of_users()]
    context = FilterContext(ItemIndex(records), lambda: users, events, None, {}, events_per_type=len(events))
    return allowed_items(parsed, context) & users
