"""The statuses of a resource as times at which each begins. The clock changes the status, so no thread is needed."""

from dataclasses import dataclass

ACTIVE = "ACTIVE"
CREATE_FAILED = "CREATE FAILED"
CREATE_PENDING = "CREATE PENDING"
CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
CREATE_STOPPING = "CREATE STOPPING"
CREATE_STOPPED = "CREATE STOPPED"
UPDATE_PENDING = "UPDATE PENDING"
UPDATE_IN_PROGRESS = "UPDATE IN_PROGRESS"
DELETE_PENDING = "DELETE PENDING"
DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"
STOP_PENDING = "STOP PENDING"
STOP_IN_PROGRESS = "STOP IN_PROGRESS"
INACTIVE = "INACTIVE"
START_PENDING = "START PENDING"
START_IN_PROGRESS = "START IN_PROGRESS"
DELETED = "DELETED"
"""No status of the service: the resource no longer exists."""

STABLE = frozenset({ACTIVE, CREATE_FAILED, CREATE_STOPPED, INACTIVE, "COMPLETED", "FAILED"})


@dataclass(frozen=True)
class StatusTimeline:
    """Ordered (begin, status) steps in epoch seconds. It is immutable: a change gives a new timeline."""

    steps: tuple[tuple[float, str], ...]

    @classmethod
    def starting_at(cls, start: float, step_seconds: float, *statuses: str) -> "StatusTimeline":
        """Return a timeline of `statuses` from `start` on. Each but the last one lasts `step_seconds`."""
        return cls(tuple((start + number * step_seconds, status) for number, status in enumerate(statuses)))

    @property
    def created(self) -> float:
        """When the first status begins."""
        return self.steps[0][0]

    def step_at(self, now: float) -> tuple[float, str]:
        """Return the step at `now`."""
        return next((step for step in reversed(self.steps) if step[0] <= now), self.steps[0])

    def status_at(self, now: float) -> str:
        """Return the status at `now`."""
        return self.step_at(now)[1]

    def updated_at(self, now: float) -> float:
        """Return when the status at `now` began."""
        return self.step_at(now)[0]

    def then(self, now: float, step_seconds: float, *statuses: str) -> "StatusTimeline":
        """Return the steps until `now`, followed by `statuses` from now on. Later steps are dropped."""
        past = tuple(step for step in self.steps if step[0] <= now) or self.steps[:1]
        return StatusTimeline(past + StatusTimeline.starting_at(now, step_seconds, *statuses).steps)
