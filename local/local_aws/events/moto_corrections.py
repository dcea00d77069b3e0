"""EventBridge: which rules an event is for."""

from typing import Any

from moto.events.models import Rule

from local_aws.moto_patches.patching import around


def apply() -> None:
    """An event is for enabled rules with a pattern.

    Cause: moto/events/models.py takes a rule without a pattern, which has a schedule, to match every event, so that a
    retraining would start itself for ever; and it asks nobody whether a rule is enabled.
    """

    @around(Rule, "send_to_targets")
    def send_to_targets(original: Any, self: Rule, original_event: Any, transform_input: bool = True) -> None:
        if self.state == "ENABLED" and self.event_pattern.get_pattern():
            original(self, original_event, transform_input)
