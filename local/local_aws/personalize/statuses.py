"""The statuses of a resource as the times at which each begins: the clock moves them, no thread does."""

from dataclasses import dataclass

ACTIVE = "ACTIVE"
CREATE_FAILED = "CREATE FAILED"
CREATE_PENDING = "CREATE PENDING"
CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
CREATE_STOPPING = "CREATE STOPPING"
CREATE_STOPPED = "CREATE STOPPED"
DELETE_PENDING = "DELETE PENDING"
DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"
DELETED = "DELETED"

STABLE = frozenset({ACTIVE, CREATE_FAILED, CREATE_STOPPED, "INACTIVE", "COMPLETED", "FAILED"})


@dataclass(frozen=True)
class StatusTimeline:
    """Ordered (begin, status) steps, epoch seconds. Immutable: a change is a new timeline."""

    steps: tuple[tuple[float, str], ...]

    @classmethod
    def over(cls, start: float, step_seconds: float, *statuses: str) -> "StatusTimeline":
        """`statuses` one after another from `start`, each but the last lasting `step_seconds`."""
        return cls(tuple((start + place * step_seconds, status) for place, status in enumerate(statuses)))

    @property
    def created(self) -> float:
        """When it all began."""
        return self.steps[0][0]

    def at(self, now: float) -> tuple[float, str]:
        """The step under way at `now`."""
        return next((step for step in reversed(self.steps) if step[0] <= now), self.steps[0])

    def status(self, now: float) -> str:
        """The status at `now`."""
        return self.at(now)[1]

    def updated(self, now: float) -> float:
        """When the status at `now` began."""
        return self.at(now)[0]

    def then(self, now: float, step_seconds: float, *statuses: str) -> "StatusTimeline":
        """What happened until `now`, followed by `statuses` from now on; what was to come is dropped."""
        past = tuple(step for step in self.steps if step[0] <= now) or self.steps[:1]
        return StatusTimeline(past + StatusTimeline.over(now, step_seconds, *statuses).steps)
