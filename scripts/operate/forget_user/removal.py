"""The removal of one person in rounds. The journal has what is done, so that any run can continue.

A round looks at all stores, removes what it found, lets Personalize delete, and waits for what was on its way. The
removal is complete after a look that finds nothing, in the second round or a later one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from scripts.common.task import TaskError
from scripts.common.terminal import Show, running
from scripts.operate.delivery import delivery_seconds
from scripts.operate.deployment import Deployment
from scripts.operate.forget_user.journal import FINISH, LOOK, REMOVE, Journal
from scripts.operate.forget_user.person import Person
from scripts.operate.forget_user.personalize import PersonalizeData
from scripts.operate.forget_user.stores import Stores

MOST_ROUNDS = 10


class Removal:
    """All that is done for one user of a deployment. `sleep` can be replaced, so that a test does not wait.

    Of a user who did nothing before `since`, files that were written earlier are not read. `show` shows the steps.
    """

    def __init__(
        self,
        deployment: Deployment,
        user: str,
        sleep: Callable[[float], None] = time.sleep,
        since: datetime | None = None,
        show: Show = running,
    ) -> None:
        self._deployment, self._sleep, self._show = deployment, sleep, show
        s3 = deployment.aws.client("s3")
        self.journal = Journal(s3, deployment.name("seed-bucket"), deployment.environment, user)
        self.state, self.resumed = self.journal.load(datetime.now(UTC).isoformat(timespec="seconds"))
        self.person = Person(user, self.state.logins, self.state.surveyed, self.state.shown)
        self.person.unclear |= set(self.state.unclear)
        self._stores = Stores(deployment, self.person, self.journal, self.state, sleep, since, show)
        self._personalize = PersonalizeData(deployment, self.journal, self.state, self._stores.save, sleep)

    def run(self, wait: bool) -> str:
        """Do what is left. Return what keeps the removal from being complete, and an empty text if nothing does.

        Without `wait`, return at the first thing that takes long.

        Raises:
            TaskError: A step failed, or events of the person go on arriving.
        """
        while self.state.round <= MOST_ROUNDS:
            if self.state.stage == LOOK:
                self._stores.look(wait)
                if self.state.round > 1 and not self.state.found:
                    return self._describe_hidden()
                self._begin(REMOVE)
            if self.state.stage == REMOVE:
                self._stores.remove()
                self._begin(FINISH)
            if pending := self._finish(wait):
                return pending
            self.state.round += 1
            self._begin(LOOK)
        raise TaskError(f"after {MOST_ROUNDS} rounds, new events of the user still arrive. Run this again later.")

    def _begin(self, stage: str) -> None:
        self.state.begin_stage(stage)
        self._stores.save()

    def _describe_hidden(self) -> str:
        """Return why the look at the dead letters was not complete; the next run looks at them again."""
        if not self.state.hidden:
            return ""
        self.state.done.remove("letters")
        self._stores.save()
        return f"another reader has dead letters ({self.state.hidden:,}) and may be redriving them."

    def _finish(self, wait: bool) -> str:
        """Let Personalize delete, and what is on its way arrive. Return what is still to be waited for."""
        if "personalize" not in self.state.done:
            with self._show("Deleting in Personalize") as progress:
                if not self._personalize.delete(self.person, wait, progress):
                    return "Personalize is still deleting, which takes up to a day."
            self.state.done.append("personalize")
            self._stores.save()
        return self._wait_for_firehose(wait)

    def _wait_for_firehose(self, wait: bool) -> str:
        """Wait until Firehose has written what the stream had when the removal began."""
        began = datetime.fromisoformat(self.state.started).timestamp()
        left = began + delivery_seconds(self._deployment) - datetime.now(UTC).timestamp()
        if left <= 0:
            return ""
        if not wait:
            return f"Firehose may still write events of the user, for {left:,.0f} seconds."
        with self._show(f"Waiting {left:,.0f} seconds for events on their way to the raw events"):
            self._sleep(left)
        return ""
