"""What tests do to a run while it is under way: let services fail, or update the same campaign as somebody else."""

from collections.abc import Callable
from typing import Any

from tests.integration.step_functions.stack import PREFIX, Stack, campaign_arn

ALWAYS = {"errorRate": 1.0}


def strike(stack: Stack, *operations: str) -> Callable[[str], Any]:
    """Return a callback for entering a state: from then on these operations fail."""
    return lambda _: stack.local("PUT", "faults", {"operations": dict.fromkeys(operations, ALWAYS)})


def occupy(stack: Stack, model: str) -> Callable[[str], Any]:
    """Return a callback for entering a state: somebody else updates the campaign until `release`."""

    def update(_: str) -> None:
        stack.local("POST", "faults", {"holdCampaignUpdates": {f"{PREFIX}-{model}": True}})
        capacity = stack.campaign(model)["minProvisionedTPS"]
        stack.client("personalize").update_campaign(campaignArn=campaign_arn(model), minProvisionedTPS=capacity + 1)

    return update


def release(stack: Stack, model: str) -> Callable[[str], Any]:
    """Return a callback for entering a state: the update that `occupy` began ends."""
    return lambda _: stack.local("POST", "faults", {"holdCampaignUpdates": {f"{PREFIX}-{model}": False}})
