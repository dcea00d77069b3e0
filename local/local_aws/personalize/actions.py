"""The next best actions: which a user is most likely to take, among those that are due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_aws.personalize.action_model import ActionModel
from local_aws.personalize.data import DatasetGroupData
from local_aws.personalize.errors import InvalidInputError
from local_aws.personalize.filters import FilterContext, allowed_items, parse_filter
from local_aws.personalize.filters.apply import ItemIndex
from local_aws.personalize.recipe import Recipe
from local_aws.personalize.resource_types import CAMPAIGN, FILTER
from local_aws.personalize.service import Service
from local_aws.recommender import Event

_DAY = 86_400


@dataclass(frozen=True)
class ActionDeployment:
    """What a campaign for actions serves."""

    version_arn: str
    group_arn: str
    solution_arn: str
    recipe: Recipe
    model: ActionModel


def get_action_deployment(service: Service, campaign_arn: str) -> ActionDeployment:
    """Return what a campaign serves at present.

    Raises:
        ResourceNotFoundError: There is no such campaign.
        InvalidInputError: It is not ACTIVE, or its recipe recommends no actions.
    """
    deployment = service.deployments.get(campaign_arn)
    if deployment is None:
        service.require_active(service.store.get(campaign_arn, CAMPAIGN))
    if not isinstance(deployment, ActionDeployment):
        raise InvalidInputError("The recipe of this campaign does not support this operation.")
    return deployment


def recommend_actions(
    service: Service, deployment: ActionDeployment, request: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return `{"actionId", "score"}` of every action that the filter allows and that is due, the best first.

    Of equally likely actions the one with the greater VALUE comes first.

    Raises:
        InvalidInputError: The filter or its values are not valid.
    """
    data = service.data(deployment.group_arn)
    records = data.actions.snapshot()
    history = data.action_interactions.history(request["userId"], service.settings.quotas.history_events)
    allowed = _allowed(service, data, records, history, request)
    due = [action for action in allowed if _is_due(action, records[action], history, service.now())]
    scored = [(round(deployment.model.score(action, history), 4), action) for action in due]
    scored.sort(key=lambda pair: (-pair[0], -(records[pair[1]].get("VALUE") or 0), pair[1]))
    return [{"actionId": action, "score": score} for score, action in scored]


def _allowed(
    service: Service,
    data: DatasetGroupData,
    records: Mapping[str, Mapping[str, Any]],
    history: Sequence[Event],
    request: Mapping[str, Any],
) -> frozenset[str]:
    if "filterArn" not in request:
        return frozenset(records)
    selected = service.require_active(service.store.get(request["filterArn"], FILTER))
    parsed = parse_filter(selected["filterExpression"])
    if parsed.entity != "ActionID":
        raise InvalidInputError(f"The filter selects {parsed.entity}, not ActionID.")
    user, values = data.users.get(request["userId"]), request.get("filterValues", {})
    context = FilterContext(ItemIndex(records), lambda: frozenset(records), history, user, values)
    return allowed_items(parsed, context) & records.keys()


def _is_due(action: str, record: Mapping[str, Any], history: Sequence[Event], now: float) -> bool:
    """Return whether an action has not expired, and the user did not interact with it too recently."""
    if (expires := record.get("ACTION_EXPIRATION_TIMESTAMP")) is not None and expires <= now:
        return False
    days = record.get("REPEAT_FREQUENCY")
    newest = max((event.timestamp for event in history if event.item_id == action), default=None)
    return days is None or newest is None or newest + days * _DAY <= now
