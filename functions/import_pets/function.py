"""The function import_pets: brings a file that was put under feeds/ into the catalogue.

S3 invokes it asynchronously, at least once for each file, sometimes twice at the same time, and Lambda invokes it again
if it ends with an error. All that is safe: see `import_pets.pet_import`.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animal_recommender.observability import Handler, add_count_metric, instrument, logger
from animal_recommender.pets.feeds import FAILED, IMPORTED, REFUSED, RUNNING, STALE, read_progress
from animal_recommender.pets.pet_table import import_key
from animal_recommender.pets.pet_writer import PetWriter
from animal_recommender.pets.publisher import announce_change
from animal_recommender.validation import FieldError, ValidationError
from import_pets.feed import Feed, FeedStore, read_record
from import_pets.feed_reader import FeedContent, read_content
from import_pets.feed_source import SupersededError
from import_pets.pet_import import FeedScope, PetImport
from import_pets.report import Report

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client

_ENDED = (IMPORTED, REFUSED, STALE)


@dataclass(frozen=True)
class Settings:
    """Environment variables. PETS_BUCKET has feeds, mappings and reports; PUBLISHER is the name of publish_pets."""

    pets_table: str
    pets_bucket: str
    publisher: str
    maximum_removed_share: float = 0.3


def make_handler(
    settings: Settings,
    *,
    dynamodb: "DynamoDBClient",
    s3: "S3Client",
    functions: "LambdaClient",
    clock: Callable[[], float] = time.time,
) -> Handler[Any, None]:
    """Return the Lambda handler."""
    importer = _Importer(settings, dynamodb, s3, functions, clock)

    @instrument
    def handle(event: Any, context: "LambdaContext") -> None:
        """Import each feed of an S3 event. Its report is in the bucket, its progress in the pets table.

        Raises:
            ClientError, BotoCoreError: A service did not answer. Lambda invokes the function again.
        """
        for record in event["Records"]:
            feed = read_record(record)
            if not feed.key.endswith("/"):  # a folder that somebody made in the console
                importer.import_feed(feed)

    return handle


class _Importer:
    def __init__(
        self,
        settings: Settings,
        dynamodb: "DynamoDBClient",
        s3: "S3Client",
        functions: "LambdaClient",
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._dynamodb = dynamodb
        self._store = FeedStore(s3, settings.pets_bucket)
        self._functions = functions
        self._clock = clock

    def import_feed(self, feed: Feed) -> None:
        """Import a feed, unless that has ended before."""
        if self._has_ended(feed):
            return
        report = Report(self._dynamodb, self._settings.pets_table, feed, self._clock)
        try:
            state, error = self._attempt(feed, report)
            # Before the state says that it has ended: after a kill in between, Lambda runs it again.
            self._store.write_report(feed, report.document(state, error))
        except Exception as failure:
            report.end(FAILED, failure)
            raise
        finally:
            if report.has_effects:
                writer = PetWriter(self._dynamodb, self._settings.pets_table)
                announce_change(writer, self._functions, self._settings.publisher)
        report.end(state, error)
        _count(report)

    def _has_ended(self, feed: Feed) -> bool:
        answer = self._dynamodb.get_item(
            TableName=self._settings.pets_table, Key=import_key(feed.feed_id), ConsistentRead=True
        )
        known = read_progress(answer.get("Item"))
        return known is not None and known["state"] in _ENDED

    def _attempt(self, feed: Feed, report: Report) -> tuple[str, ValidationError | None]:
        """Import a feed, and return the state in which that ends, with the reason if it is refused."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                self._run(feed, Path(folder), report)
        except ValidationError as error:
            return REFUSED, error
        except SupersededError:
            return STALE, None
        return IMPORTED, None

    def _run(self, feed: Feed, folder: Path, report: Report) -> None:
        report.show(RUNNING)
        place = feed.place
        download = self._store.download(feed, folder / "feed")
        mapping = self._store.read_mapping(place.mapping)
        content = read_content(download.path, feed.key, mapping, download.time)
        report.set_content(content, place.kind)
        _check_any_valid(content)
        share = download.maximum_removed_share
        share = self._settings.maximum_removed_share if share is None else share
        scope = FeedScope(feed.feed_id, place.kind, place.source, download.time, share)
        PetImport(self._dynamodb, self._settings.pets_table, scope, report.set_tally).run(content)


def _check_any_valid(content: FeedContent) -> None:
    """Raise ValidationError if no row is valid: then the feed or its mapping is wrong, and somebody must know."""
    if content.refused and not content.pets:
        message = f"has no valid row, and the report says what is wrong with each (refused: {content.refused})"
        raise ValidationError([FieldError("feed", message)], "no-valid-row")


def _count(report: Report) -> None:
    metrics: Mapping[str, int] = report.metrics()
    for name, value in metrics.items():
        add_count_metric(name, value)
    logger.info("Feed ended", extra={"feedId": report.feed.feed_id, "state": report.state, **metrics})
