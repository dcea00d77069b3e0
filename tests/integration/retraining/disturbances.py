"""What is done to a run while it is under way: services that fail, and somebody else at the same campaign."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.integration.retraining.stack import Stack, campaign_arn

ALWAYS = {"errorRate": 1.0}


def strike(stack: Stack, *operations: str) -> Callable[[str], Any]:
    """To be done on entering a state: from then on these operations fail."""
    return lambda _: stack.local("PUT", "faults", {"operations": dict.fromkeys(operations, ALWAYS)})


def keep_busy(stack: Stack, model: str, until: str) -> Callable[[str], Any]:
    """To be done on entering a state: somebody else updates the campaign (though not its version) again and again."""
    personalize = stack.client("personalize")

    def update(arn: str) -> None:
        tps = personalize.describe_campaign(campaignArn=campaign_arn(model))["campaign"]["minProvisionedTPS"]
        while until not in stack.entered(arn):
            tps += 1
            with suppress(personalize.exceptions.ResourceInUseException):
                personalize.update_campaign(campaignArn=campaign_arn(model), minProvisionedTPS=tps)
            time.sleep(0.02)

    return lambda arn: threading.Thread(target=update, args=(arn,), daemon=True).start()
