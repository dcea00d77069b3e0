"""EventBridge: which rules match an event."""

from typing import Any

from moto.events.models import Rule

from local_aws.moto_patches.patching import correction, wrap_method


@correction
def match_enabled_rules_with_a_pattern() -> None:
    """Match an event only with enabled rules that have a pattern.

    Cause: in moto/events/models.py a rule without a pattern, which has a schedule, matches every event, so that a
    scheduled state machine would start itself again and again; and moto ignores whether a rule is enabled.
    """

    @wrap_method(Rule, "send_to_targets")
    def send_to_targets(original: Any, self: Rule, original_event: Any, transform_input: bool = True) -> None:
        if self.state == "ENABLED" and self.event_pattern.get_pattern():
            original(self, original_event, transform_input)
