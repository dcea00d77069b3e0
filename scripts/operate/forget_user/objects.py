"""Rewrites the objects of a bucket, and removes their older versions, so that nothing of a visitor is left behind."""

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError

from scripts.common.task import TaskError

WORKERS = 8  # an object of the raw store may unpack to 128 MiB
_GZIP = b"\x1f\x8b"
_DELETIONS = 1000  # S3: objects of one DeleteObjects

Edit = Callable[[bytes], bytes | None]  # the new content; None: no content may stay


class Effect(Enum):
    """What became of one version of an object."""

    UNTOUCHED = "untouched"
    REWRITTEN = "rewritten"
    REMOVED = "removed"
    CHANGED_MEANWHILE = "changed meanwhile"


@dataclass(frozen=True)
class Page:
    """Some versions of a listing, dealt with. A later listing may go on behind the key `behind`."""

    effects: list[Effect]
    behind: str


class Bucket:
    """One S3 bucket, with or without versions."""

    def __init__(self, s3: Any, name: str) -> None:
        self._s3, self._name = s3, name

    def edit(self, prefix: str, edit: Edit, behind: str = "") -> Iterator[Page]:
        """Applies `edit` to the (unpacked) content of every version under `prefix`, behind a key, page by page."""
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            for versions in _ahead(self._versions(prefix, behind)):
                yield Page(list(pool.map(lambda version: self._edit(version, edit), versions)), behind)
                behind = versions[-1]["Key"]

    def remove(self, key: str) -> None:
        """Removes an object with all its versions, the oldest first: killed on the way, the newest is still there."""
        pages = self._versions(key, "")
        versions = [version for page in pages for version in page if version["Key"] == key]
        for start in range(0, len(versions), _DELETIONS):
            chunk = versions[::-1][start : start + _DELETIONS]
            names = [{"Key": key, "VersionId": version["VersionId"]} for version in chunk]
            answer = self._s3.delete_objects(Bucket=self._name, Delete={"Objects": names, "Quiet": True})
            if answer.get("Errors"):
                raise TaskError(f"s3://{self._name}/{key} was not removed: {answer['Errors'][0].get('Message')}")

    def _versions(self, prefix: str, behind: str) -> Iterator[list[dict[str, Any]]]:
        request = {"Bucket": self._name, "Prefix": prefix} | ({"KeyMarker": behind} if behind else {})
        for page in self._s3.get_paginator("list_object_versions").paginate(**request):
            if page.get("Versions"):
                yield page["Versions"]

    def _edit(self, version: dict[str, Any], edit: Edit) -> Effect:
        """The latest version is replaced by an edited one and then removed; older ones that would change just go.

        Killed in between, the version to be removed is an older one for the next run.
        """
        found = self._get(version)
        if found is None:
            return Effect.UNTOUCHED
        body = found["Body"].read()
        packed = body.startswith(_GZIP)
        plain = gzip.decompress(body) if packed else body
        edited = edit(plain)
        if edited == plain:
            return Effect.UNTOUCHED
        if edited is None or not version["IsLatest"]:
            self._remove(version)
            return Effect.REMOVED
        return self._replace(version, found, gzip.compress(edited, mtime=0) if packed else edited)

    def _get(self, version: dict[str, Any]) -> dict[str, Any] | None:
        """The version's content, or None if its retention ended meanwhile."""
        try:
            return self._s3.get_object(Bucket=self._name, Key=version["Key"], VersionId=version["VersionId"])
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
                return None
            raise

    def _replace(self, version: dict[str, Any], found: dict[str, Any], body: bytes) -> Effect:
        kept = {name: found[name] for name in ("ContentType", "ContentEncoding", "Metadata") if found.get(name)}
        try:
            answer = self._s3.put_object(
                Bucket=self._name, Key=version["Key"], Body=body, IfMatch=version["ETag"], **kept
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailed":
                return Effect.CHANGED_MEANWHILE
            raise
        if answer.get("VersionId", version["VersionId"]) != version["VersionId"]:
            self._remove(version)
        return Effect.REWRITTEN

    def _remove(self, version: dict[str, Any]) -> None:
        self._s3.delete_object(Bucket=self._name, Key=version["Key"], VersionId=version["VersionId"])


def _ahead(pages: Iterator[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """Pages, each after the next was asked for: a listing cannot be told to go on from a version that was removed."""
    current = next(pages, None)
    while current is not None:
        following = next(pages, None)
        yield current
        current = following
