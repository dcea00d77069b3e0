"""Rewrite the objects of a bucket and remove their older versions, so that no version names the visitor any more."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from scripts.common.task import TaskError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import (
        GetObjectOutputTypeDef,
        ListObjectVersionsRequestTypeDef,
        ObjectVersionTypeDef,
        PutObjectRequestTypeDef,
    )

WORKERS = 4  # an object of the raw store may unpack to 128 MiB, and reading events needs a processor
_GZIP = b"\x1f\x8b"
_DELETIONS = 1000  # S3: objects of one DeleteObjects


class File(NamedTuple):
    """One version of an object, and when it was written."""

    key: str
    modified: datetime


Edit = Callable[[File, bytes], bytes | None]  # returns the new content, or None if the object must be removed


class Effect(Enum):
    """The effect of an edit on one version of an object."""

    UNTOUCHED = "untouched"
    REWRITTEN = "rewritten"
    REMOVED = "removed"
    CHANGED_MEANWHILE = "changed meanwhile"


@dataclass(frozen=True)
class Page:
    """The effects on one page of versions. A later listing can start after the key `behind`."""

    effects: list[Effect]
    behind: str


class Bucket:
    """One S3 bucket, with or without versions. `edit` leaves out what was written before `since`."""

    def __init__(self, s3: S3Client, name: str, since: datetime | None = None) -> None:
        self._s3, self._name, self._since = s3, name, since

    def edit(self, prefix: str, edit: Edit, behind: str = "") -> Iterator[Page]:
        """Apply `edit` to the unpacked content of every version under `prefix`, after the key `behind`, by page."""
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            for versions in _fetch_ahead(self._list_versions(prefix, behind)):
                read = filter(self._is_read, versions)
                yield Page(list(pool.map(lambda version: self._edit(version, edit), read)), behind)
                behind = versions[-1]["Key"]

    def list_keys(self, prefix: str) -> set[str]:
        """Return the keys under a prefix, also those of objects that have only older versions."""
        return {version["Key"] for page in self._list_versions(prefix, "") for version in page}

    def remove(self, key: str) -> None:
        """Remove an object with all its versions, the oldest first, so that an interrupted removal can be repeated.

        Raises:
            TaskError: S3 did not remove a version.
        """
        pages = self._list_versions(key, "")
        versions = [version for page in pages for version in page if version["Key"] == key]
        versions.reverse()
        for start in range(0, len(versions), _DELETIONS):
            chunk = versions[start : start + _DELETIONS]
            response = self._s3.delete_objects(
                Bucket=self._name,
                Delete={
                    "Objects": [{"Key": key, "VersionId": version["VersionId"]} for version in chunk],
                    "Quiet": True,
                },
            )
            if errors := response.get("Errors"):
                raise TaskError(f"s3://{self._name}/{key} was not removed: {errors[0].get('Message')}")

    def _list_versions(self, prefix: str, behind: str) -> Iterator[list[ObjectVersionTypeDef]]:
        """Yield pages of versions after the key `behind`; a paginator of boto3 cannot start there."""
        request: ListObjectVersionsRequestTypeDef = {"Bucket": self._name, "Prefix": prefix}
        if behind:
            request["KeyMarker"] = behind
        while True:
            page = self._s3.list_object_versions(**request)
            if versions := page.get("Versions"):
                yield versions
            if not page["IsTruncated"]:
                return
            request["KeyMarker"] = page["NextKeyMarker"]
            request["VersionIdMarker"] = page["NextVersionIdMarker"]

    def _is_read(self, version: ObjectVersionTypeDef) -> bool:
        return self._since is None or version["LastModified"] >= self._since

    def _edit(self, version: ObjectVersionTypeDef, edit: Edit) -> Effect:
        """Replace the latest version by an edited one, then remove it. Remove older versions that the edit changes.

        If the process is killed in between, the next run sees the version to be removed as an older one.
        """
        current = self._get(version)
        if current is None:
            return Effect.UNTOUCHED
        body = current["Body"].read()
        packed = body.startswith(_GZIP)
        plain = gzip.decompress(body) if packed else body
        edited = edit(File(version["Key"], version["LastModified"]), plain)
        if edited == plain:
            return Effect.UNTOUCHED
        if edited is None or not version["IsLatest"]:
            self._remove(version)
            return Effect.REMOVED
        return self._replace(version, current, gzip.compress(edited, mtime=0) if packed else edited)

    def _get(self, version: ObjectVersionTypeDef) -> GetObjectOutputTypeDef | None:
        """Return the version with its content, or None if its retention ended meanwhile."""
        try:
            return self._s3.get_object(Bucket=self._name, Key=version["Key"], VersionId=version["VersionId"])
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
                return None
            raise

    def _replace(self, version: ObjectVersionTypeDef, current: GetObjectOutputTypeDef, body: bytes) -> Effect:
        try:
            response = self._s3.put_object(**self._put_request(version, current, body))
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailed":
                return Effect.CHANGED_MEANWHILE
            raise
        if response.get("VersionId", version["VersionId"]) != version["VersionId"]:
            self._remove(version)
        return Effect.REWRITTEN

    def _put_request(
        self, version: ObjectVersionTypeDef, current: GetObjectOutputTypeDef, body: bytes
    ) -> PutObjectRequestTypeDef:
        """Return the request that stores `body` with the old metadata, if nobody changed the object meanwhile."""
        request: PutObjectRequestTypeDef = {
            "Bucket": self._name,
            "Key": version["Key"],
            "Body": body,
            "IfMatch": version["ETag"],
        }
        if content_type := current.get("ContentType"):
            request["ContentType"] = content_type
        if encoding := current.get("ContentEncoding"):
            request["ContentEncoding"] = encoding
        if metadata := current.get("Metadata"):
            request["Metadata"] = metadata
        return request

    def _remove(self, version: ObjectVersionTypeDef) -> None:
        self._s3.delete_object(Bucket=self._name, Key=version["Key"], VersionId=version["VersionId"])


def _fetch_ahead(pages: Iterator[list[ObjectVersionTypeDef]]) -> Iterator[list[ObjectVersionTypeDef]]:
    """Yield each page after fetching the next one: a listing cannot continue from a version that was removed."""
    current = next(pages, None)
    while current is not None:
        following = next(pages, None)
        yield current
        current = following
