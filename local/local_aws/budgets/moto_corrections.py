"""Budgets: subscribers and tags."""

import json
from typing import Any

from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse

from local_aws.moto_patches.patching import correction, set_method, wrap_method


@correction
def read_and_update_budgets() -> None:
    """Answer what Terraform asks when it reads or changes a budget.

    Cause: moto/budgets/responses.py has no DescribeSubscribersForNotification, ListTagsForResource, TagResource,
    UntagResource and UpdateBudget.
    """
    _answer_budgets()
    _answer_tags()


def _answer_budgets() -> None:
    @wrap_method(BudgetsResponse, "create_budget")
    def create_budget(original: Any, self: BudgetsResponse) -> Any:
        answer = original(self)
        budget: Any = _budget(self, self._get_param("Budget")["BudgetName"])
        budget.resource_tags = self._get_param("ResourceTags") or []
        return answer

    @set_method(BudgetsResponse)
    def update_budget(self: BudgetsResponse) -> str:
        given = self._get_param("NewBudget")
        _budget(self, given["BudgetName"]).budget.update(given)
        return "{}"

    @set_method(BudgetsResponse)
    def describe_subscribers_for_notification(self: BudgetsResponse) -> str:
        wanted = self._get_param("Notification")
        notifications = _budget(self, self._get_param("BudgetName")).notifications
        found: Any = (n for n in notifications if all(n.details.get(key) == value for key, value in wanted.items()))
        return json.dumps({"Subscribers": [dict(s) for n in found for s in n.subscribers]})


def _answer_tags() -> None:
    @set_method(BudgetsResponse)
    def list_tags_for_resource(self: BudgetsResponse) -> str:
        return json.dumps({"ResourceTags": getattr(_tagged(self), "resource_tags", [])})

    @set_method(BudgetsResponse)
    def tag_resource(self: BudgetsResponse) -> str:
        budget, given = _tagged(self), self._get_param("ResourceTags")
        keys = {tag["Key"] for tag in given}
        budget.resource_tags = [t for t in getattr(budget, "resource_tags", []) if t["Key"] not in keys] + given
        return "{}"

    @set_method(BudgetsResponse)
    def untag_resource(self: BudgetsResponse) -> str:
        budget, keys = _tagged(self), self._get_param("ResourceTagKeys")
        budget.resource_tags = [tag for tag in getattr(budget, "resource_tags", []) if tag["Key"] not in keys]
        return "{}"


def _budget(response: BudgetsResponse, name: str) -> Budget:
    account = response._get_param("AccountId") or response.current_account
    response.backend.describe_budget(account, name)
    return response.backend.budgets[account][name]


def _tagged(response: BudgetsResponse) -> Any:
    return _budget(response, response._get_param("ResourceARN").split("/", 1)[1])
