"""The progress of an import, in the pets table, and its report, in the bucket."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from animal_recommender.aws_errors import AwsError, error_code
from animal_recommender.pets.feeds import COMPLETE, IMPORTED, REFUSED, RUNNING, STALE, progress_item
from animal_recommender.pets.pet_writer import Change
from animal_recommender.timestamps import format_time
from animal_recommender.validation import ValidationError
from import_pets.feed import Feed
from import_pets.feed_reader import FeedContent
from import_pets.pet_import import Tally

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_SHOW_EVERY = 1.0  # seconds


class Report:
    """What is known of one import."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, feed: Feed, clock: Callable[[], float] = time.time
    ) -> None:
        self.feed = feed
        self.state = RUNNING
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._started = clock()
        self._shown = 0.0
        self._tally = Tally()
        self._content: FeedContent | None = None
        self._holds_back = 0
        self._reasons: list[dict[str, str]] = []

    @property
    def has_effects(self) -> bool:
        """Whether the catalogue has changed."""
        return self._tally.has_effects

    def set_content(self, content: FeedContent, kind: str) -> None:
        """Note what the feed has."""
        self._content = content
        self._holds_back = content.nameless if kind == COMPLETE else 0
        self.show(RUNNING)

    def set_tally(self, tally: Tally) -> None:
        """Note what was done until now, and show it if that was not done within the last second."""
        self._tally = tally
        if self._clock() - self._shown >= _SHOW_EVERY:
            self.show(RUNNING)

    def end(self, state: str, error: Exception | None = None) -> None:
        """Show how the import ended."""
        self._reasons = _reasons(error)
        self.show(state)

    def show(self, state: str) -> None:
        """Write the progress into the pets table."""
        self.state, self._shown = state, self._clock()
        item = progress_item(self.feed.feed_id, self._progress(), self._shown)
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def document(self, state: str, error: Exception | None = None) -> dict[str, Any]:
        """Return the report: the progress at the end, and each broken row with its line and fields."""
        self.state, self._reasons = state, _reasons(error)
        return {**self._progress(), "broken": self._content.broken if self._content else []}

    def metrics(self) -> dict[str, int]:
        """Return the metrics of the import."""
        counts = self._tally.counts
        return {
            "FeedsImported": int(self.state == IMPORTED),
            "FeedsRefused": int(self.state == REFUSED or self._holds_back > 0),
            "FeedsStale": int(self.state == STALE),
            "FeedRowsRefused": self._content.refused if self._content else 0,
            "PetsAdded": counts[Change.ADDED],
            "PetsChanged": counts[Change.CHANGED],
            "PetsRemoved": counts[Change.REMOVED],
        }

    def _progress(self) -> dict[str, Any]:
        content = self._content
        read = {"rows": content.rows, "refused": content.refused, "skipped": content.skipped} if content else {}
        repeated = {"repeated": content.repeated, "pets": len(content.pets)} if content else {}
        held = {"removalsHeldBackFor": self._holds_back} if self._holds_back else {}
        return {
            "state": self.state,
            "feedId": self.feed.feed_id,
            "key": self.feed.key,
            "version": self.feed.version,
            "feedTime": self.feed.time,
            "startedAt": format_time(self._started),
            "shownAt": format_time(self._shown),
            "processed": self._tally.processed,
            **{change.value: count for change, count in self._tally.counts.items()},
            **read,
            **repeated,
            **held,
            **({"reasons": self._reasons} if self._reasons else {}),
        }


def _reasons(error: Exception | None) -> list[dict[str, str]]:
    if isinstance(error, ValidationError):
        return [one.as_dict() for one in error.errors]
    if error is None:
        return []
    code = error_code(error) if isinstance(error, AwsError) else type(error).__name__
    return [{"field": "feed", "message": f"could not be imported now ({code}); Lambda tries it again"}]
