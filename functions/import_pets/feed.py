"""One feed: the object that S3 reports, its mapping, and its report."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from animal_recommender.aws_errors import error_code
from animal_recommender.pets.feeds import (
    DEFAULT_MAPPING,
    MAXIMUM_REMOVED_SHARE,
    Place,
    feed_id,
    mapping_key,
    parse_key,
    report_key,
)
from animal_recommender.pets.mapping import FeedMapping
from animal_recommender.pets.pet import MAX_AHEAD
from animal_recommender.timestamps import EARLIEST, format_time, parse_time
from animal_recommender.validation import FieldError, ValidationError, parse_json

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_EXPORTED_AT = "exported-at"


class Feed(NamedTuple):
    """One version of an object under feeds/. `time` is that of its data, in the form of `timestamps.format_time`."""

    bucket: str
    key: str
    version: str
    time: str

    @property
    def feed_id(self) -> str:
        """The id of the feed."""
        return feed_id(self.key, self.version)

    @property
    def place(self) -> Place:
        """What the key says; a ValidationError if it says nothing."""
        return parse_key(self.key)


class Download(NamedTuple):
    """A feed's file on the disk of the function, and what the object's metadata say."""

    path: Path
    time: str
    maximum_removed_share: float | None


def read_record(record: Mapping[str, Any]) -> Feed:
    """Return the feed of a record of S3's event.

    Its time is the event's, which has milliseconds; the object's own time has only seconds. A repeated delivery has the
    same one. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    stored = record["s3"]["object"]
    happened = parse_time(record["eventTime"]) or 0.0
    key = unquote_plus(stored["key"])
    return Feed(record["s3"]["bucket"]["name"], key, stored.get("versionId", ""), format_time(happened))


class FeedStore:
    """The bucket of feeds, mappings and reports."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def download(self, feed: Feed, path: Path) -> Download:
        """Write the feed's file to `path`.

        Raises:
            ValidationError: The object is gone, or its metadata are wrong.
        """
        try:
            response = self._s3.get_object(Bucket=feed.bucket, Key=feed.key, VersionId=feed.version)
        except ClientError as error:
            if error_code(error) in ("NoSuchKey", "NoSuchVersion"):
                raise ValidationError([FieldError("file", "was deleted")], "deleted") from error
            raise
        with path.open("wb") as file:
            shutil.copyfileobj(response["Body"], file, 1 << 20)
        metadata = response.get("Metadata", {})
        return Download(path, _exported_at(metadata, feed.time) or feed.time, _share(metadata))

    def read_mapping(self, name: str) -> FeedMapping:
        """Return a mapping.

        Raises:
            ValidationError: There is no such mapping, or it is not valid.
        """
        try:
            data = self._s3.get_object(Bucket=self._bucket, Key=mapping_key(name))["Body"].read()
        except ClientError as error:
            if error_code(error) != "NoSuchKey":
                raise
            if name == DEFAULT_MAPPING:
                return FeedMapping({})
            message = f"must be in a folder with the name of a mapping, and there is none with the name {name}"
            raise ValidationError([FieldError("key", message)], "unknown-mapping") from error
        return FeedMapping(parse_json(data, name), name)

    def write_report(self, feed: Feed, report: Mapping[str, Any]) -> None:
        """Write the feed's report."""
        body = json.dumps(report, ensure_ascii=False, indent=1).encode()
        self._s3.put_object(
            Bucket=self._bucket, Key=report_key(feed.feed_id), Body=body, ContentType="application/json"
        )


def _exported_at(metadata: Mapping[str, str], uploaded: str) -> str | None:
    """Return the time of the data, at the latest that of the upload: a wrong clock must not block later feeds."""
    text = metadata.get(_EXPORTED_AT)
    if text is None:
        return None
    seconds, latest = parse_time(text), parse_time(uploaded) or 0.0
    if seconds is None or not EARLIEST <= seconds <= latest + MAX_AHEAD:
        message = "must be epoch seconds or ISO 8601, from the year 2000 to the time of the upload"
        raise ValidationError([FieldError(_EXPORTED_AT, message)], "wrong-metadata")
    return format_time(min(seconds, latest))


def _share(metadata: Mapping[str, str]) -> float | None:
    text = metadata.get(MAXIMUM_REMOVED_SHARE)
    if text is None:
        return None
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValidationError([FieldError(MAXIMUM_REMOVED_SHARE, "must be a number from 0 to 1")], "wrong-metadata")
    return share
