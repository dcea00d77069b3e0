"""How likely users are to take an action: the share of takers, adjusted by what the user did before.

Source: developer guide, "Preparing action interaction data for training": an action has a score if it was taken at
least 50 times, and viewed or refused at least 50 times, within six weeks of the newest interaction. Other actions have
the score 0.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from local_aws.recommender import Event

TAKEN, NOT_TAKEN, VIEWED = "TAKEN", "NOT_TAKEN", "VIEWED"
EVENT_TYPES = (TAKEN, NOT_TAKEN, VIEWED)
_MINIMUM_OF_EACH = 50
_SPAN_SECONDS = 42 * 86_400.0
_SMOOTHING = 2.0


def event_type(text: str) -> str | None:
    """Return TAKEN, NOT_TAKEN or VIEWED for a text like "Not taken", or None."""
    name = text.strip().upper().replace(" ", "_")
    return name if name in EVENT_TYPES else None


@dataclass(frozen=True)
class ActionModel:
    """The share of takers (0..1) of each action that has enough interactions."""

    shares: Mapping[str, float]

    @classmethod
    def fit(cls, interactions: Iterable[Event]) -> "ActionModel":
        """Learn from interactions with actions of all users."""
        events = list(interactions)
        oldest = max((event.timestamp for event in events), default=0.0) - _SPAN_SECONDS
        taken: Counter[str] = Counter()
        others: Counter[str] = Counter()
        for event in events:
            if event.timestamp >= oldest and (kind := event_type(event.event_type or "")):
                (taken if kind == TAKEN else others)[event.item_id] += 1
        enough = [action for action in taken if min(taken[action], others[action]) >= _MINIMUM_OF_EACH]
        return cls({action: taken[action] / (taken[action] + others[action]) for action in sorted(enough)})

    def score(self, action: str, history: Sequence[Event]) -> float:
        """Return the propensity (0..1) that a user with this history of actions takes an action; 0 if it is unknown."""
        share = self.shares.get(action)
        if share is None:
            return 0.0
        odds = log(share / (1 - share)) + _tendency(self.shares, history)
        odds += _tendency(self.shares, [event for event in history if event.item_id == action])
        return 1 / (1 + exp(-odds))

    def to_bytes(self) -> bytes:
        """Return the model as JSON."""
        return json.dumps(self.shares).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "ActionModel":
        """Return the model that `to_bytes` wrote."""
        return cls(json.loads(data))


def _tendency(shares: Mapping[str, float], history: Sequence[Event]) -> float:
    """Return the log of how much more often than all users this history has taken the actions in it."""
    known = [event for event in history if event.item_id in shares]
    taken = sum(event_type(event.event_type or "") == TAKEN for event in known)
    expected = sum(shares[event.item_id] for event in known)
    return log((taken + _SMOOTHING) / (expected + _SMOOTHING))
