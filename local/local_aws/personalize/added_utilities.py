"""What the objective of a solution, and the context and the metadata of a visitor, add to items.

The statistics of contexts and of users are computed with the first request that needs them.
"""

from collections.abc import Mapping
from typing import Any

from local_aws.personalize.campaigns import Deployment
from local_aws.personalize.item_utilities import ContextStatistics, UserStatistics, add
from local_aws.personalize.service import Service

PERSONAL = ("USER_PERSONALIZATION", "PERSONALIZED_RANKING")
"""The types of recipes that use contexts and the metadata of users."""


def added_utilities(
    service: Service, deployment: Deployment, context: Mapping[str, str], record: Mapping[str, Any] | None, events: int
) -> Mapping[str, float]:
    """Return what is added to items in a context, and for a visitor with a record of Users and so many events."""
    parts = [deployment.objective]
    if context:
        parts.append(_context_statistics(service, deployment).utilities(context))
    if record and deployment.recipe.recipe_type in PERSONAL:
        parts.append(_user_statistics(service, deployment).utilities(record, events))
    return add(*parts) if len(parts) > 1 else deployment.objective


def _context_statistics(service: Service, deployment: Deployment) -> ContextStatistics:
    if deployment.context is None:
        unused = deployment.unused_columns.get("Interactions", ())
        columns = service.data(deployment.group_arn).interactions.columns()
        extras = ((item, columns.extra(row)) for row, item in enumerate(columns.items) if item is not None)
        deployment.context = ContextStatistics(
            (item, {name: value for name, value in extra.items() if name not in unused}) for item, extra in extras
        )
    return deployment.context


def _user_statistics(service: Service, deployment: Deployment) -> UserStatistics:
    if deployment.users is None:
        data, schema = service.data(deployment.group_arn), service.schema_of(deployment.group_arn, "Users")
        unused = {"USER_ID", *deployment.unused_columns.get("Users", ())}
        fields = schema.fields if schema else ()
        used = [one.name for one in fields if one.name not in unused and (one.categorical or one.type != "string")]
        columns = data.interactions.columns()
        pairs = ((u, i) for u, i in zip(columns.users, columns.items, strict=True) if u is not None and i is not None)
        deployment.users = UserStatistics.of(data.users.snapshot(), used, pairs)
    return deployment.users
