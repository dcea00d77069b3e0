"""Trending items: those whose interactions increase the most from one interval to the next.

Source: developer guide, "Trending-Now recipe": the increase is computed from the present interactions, without another
training. Without interactions in the last two intervals the popular items are recommended.
"""

from collections.abc import Collection

from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.service import Service
from local_aws.personalize.trends import find_rising_items, trend_seconds
from local_aws.recommender import ScoredItem


def trending_items(
    service: Service, deployment: Deployment, count: int, allowed: Collection[str] | None
) -> list[ScoredItem]:
    """Return `count` of the `allowed` items: those with an increase, the greatest first, then the popular ones."""
    rising = [item for item in _rising_items(service, deployment) if allowed is None or item in allowed][:count]
    known = frozenset(rising)
    popular = deployment.model.recommend([], count, allowed=allowed)
    return ([ScoredItem(item, None) for item in rising] + [one for one in popular if one.item_id not in known])[:count]


def _rising_items(service: Service, deployment: Deployment) -> list[str]:
    """Return the items with an increase. They are computed again after the seconds of an update of the items."""
    now = service.now()
    computed, items = deployment.rising
    if now >= computed + service.settings.item_update_seconds:
        items = _compute_rising_items(service, deployment, now)
        deployment.rising = (now, items)
    return items


def _compute_rising_items(service: Service, deployment: Deployment, now: float) -> list[str]:
    seconds = trend_seconds(deployment.parameters)
    events = service.data(deployment.group_arn).interactions.between(now - 2 * seconds, now)
    used = (event for event in events if deployment.events.keeps(event.event_type, event.event_value))
    return find_rising_items(((event.item_id, event.timestamp) for event in used), now, seconds)
