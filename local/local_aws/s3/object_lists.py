"""S3: what emptying a bucket needs: encoded keys in lists, pages of versions, deletion of single versions.

Sources: API reference of ListObjectVersions, ListObjects and ListObjectsV2; user guide, "Deleting object versions from
a versioning-suspended bucket".
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote_plus

from moto.s3.exceptions import AccessDeniedByLock
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.responses import S3Response

from local_aws.moto_patches.patching import correction, set_method, wrap_method

_NULL = "null"
"""Id of the version that an object has without versioning."""
_TEXTS = ("Delimiter", "KeyMarker", "Marker", "NextKeyMarker", "NextMarker", "Prefix", "StartAfter")
_LISTS = (("CommonPrefixes", "Prefix"), ("Contents", "Key"), ("DeleteMarkers", "Key"), ("Versions", "Key"))

# A key (or common prefix), and its version; None for a common prefix.
_Entry = tuple[str, FakeKey | FakeDeleteMarker | None]
_VersionPage = tuple[list[FakeKey], list[str], list[FakeDeleteMarker], str | None, str | None]


@correction
def encode_listed_keys() -> None:
    """Encode the keys of a list when the request asks for it: `+` as `%2B`, a space as `+`, a slash as itself.

    Cause: moto/s3/responses.py, list_object_versions ignores encoding-type. Terraform decodes the keys, asks to delete
    objects that do not exist, finds the bucket still not empty and begins again, for ever. The two other lists do not
    encode markers, and encode a space as `%20`.
    """

    def list_keys(original: Any, self: S3Response) -> Any:
        self.encodes_keys = self.querystring.pop("encoding-type", None) == ["url"]  # type: ignore[attr-defined]
        return original(self)

    for name in ("list_objects", "list_objects_v2", "list_object_versions"):
        wrap_method(S3Response, name)(list_keys)

    @wrap_method(S3Response, "serialized")
    def serialized(original: Any, self: S3Response, result: Any) -> Any:
        if getattr(self, "encodes_keys", False) and isinstance(result._result, dict):
            _encode(result._result)
        return original(self, result)


def _encode(result: dict[str, Any]) -> None:
    result["EncodingType"] = "url"
    for name in _TEXTS:
        if result.get(name):
            result[name] = encode_key(result[name])
    for name, member in _LISTS:
        for one in result.get(name, ()):
            one[member] = encode_key(one[member])


def encode_key(key: str) -> str:
    """Return a key as S3 encodes it: `test_file(3).png` as `test_file%283%29.png` (the reference's own example)."""
    return quote_plus(key, safe="/*")


@correction
def list_versions_after_a_marker() -> None:
    """Begin a page of versions behind its markers, whether the version that they name still exists or not.

    Cause: moto/s3/models.py, list_object_versions looks for the version of the marker and returns nothing when it was
    deleted, so that a program that deletes page by page stops after the first one. It also copies all objects of the
    bucket, with their content, for each page.
    """

    @set_method(S3Backend)
    def list_object_versions(
        self: S3Backend,
        bucket_name: str,
        delimiter: str | None = None,
        key_marker: str | None = None,
        max_keys: int = 1000,
        prefix: str = "",
        version_id_marker: str | None = None,
    ) -> _VersionPage:
        bucket = self.get_bucket(bucket_name)
        entries = _entries(bucket, prefix, delimiter, key_marker or "", version_id_marker)
        page = list(islice(entries, max_keys))
        if not page or next(entries, None) is None:
            return *_by_kind(page), None, None
        name, version = page[-1]
        return *_by_kind(page), name, version.version_id if version else None


def _entries(
    bucket: FakeBucket, prefix: str, delimiter: str | None, marker: str, version_marker: str | None
) -> Iterator[_Entry]:
    """Yield what a list contains behind its markers, in the order of the keys, the newest version of a key first."""
    names = sorted(name for name in list(bucket.keys) if name.startswith(prefix))
    folder = ""
    for name in names[bisect_left(names, marker) :]:
        end = name.find(delimiter, len(prefix)) if delimiter else -1
        if delimiter and end >= 0:
            last, folder = folder, name[: end + len(delimiter)]
            if folder not in (last, marker):
                yield folder, None
        elif name != marker:
            yield from ((name, version) for version in _versions(bucket, name))
        elif version_marker:
            yield from ((name, version) for version in _after(_versions(bucket, name), version_marker))


def _versions(bucket: FakeBucket, name: str) -> list[FakeKey | FakeDeleteMarker]:
    versions = list(reversed(bucket.keys.getlist(name, [])))
    for number, version in enumerate(versions):
        version.is_latest = number == 0
    return versions


def _after(versions: list[FakeKey | FakeDeleteMarker], marker: str) -> list[FakeKey | FakeDeleteMarker]:
    """Return the versions behind the marker's; all of them if that one was deleted: they are what is left."""
    ids = [version.version_id for version in versions]
    return versions[ids.index(marker) + 1 :] if marker in ids else versions


def _by_kind(page: list[_Entry]) -> tuple[list[FakeKey], list[str], list[FakeDeleteMarker]]:
    versions = [version for _, version in page if isinstance(version, FakeKey)]
    markers = [version for _, version in page if isinstance(version, FakeDeleteMarker)]
    return versions, [name for name, version in page if version is None], markers


@correction
def delete_versions_from_suspended_buckets() -> None:
    """Delete only the given version of an object, in a bucket whose versioning is suspended too.

    Cause: moto/s3/models.py, delete_object deletes all versions of the key then, and fails if one is a delete marker:
    500. `terraform destroy` suspends versioning before it empties a bucket, and tries that call again for minutes.
    """

    @wrap_method(S3Backend, "delete_object")
    def delete_object(
        original: Any, self: S3Backend, bucket_name: str, key: str, version_id: str | None = None, bypass: bool = False
    ) -> Any:
        bucket = self.get_bucket(bucket_name)
        if bucket.versioning_status != "Suspended":
            return original(self, bucket_name, key, version_id=version_id, bypass=bypass)
        return _delete_version(bucket, key, version_id, bypass)


def _delete_version(bucket: FakeBucket, key: str, version_id: str | None, bypass: bool) -> tuple[bool, dict[str, Any]]:
    """Delete a version; without an id delete the null version, and put a delete marker in its place."""
    versions = bucket.keys.getlist(key, [])
    gone = [version for version in versions if str(version.version_id) == (version_id or _NULL)]
    if any(isinstance(version, FakeKey) and version.is_locked(governance_bypass=bypass) for version in gone):
        raise AccessDeniedByLock
    left = [version for version in versions if version not in gone]
    marker = FakeDeleteMarker(versions[-1]) if versions and not version_id else None
    if marker:
        marker._version_id = _NULL
        left.append(marker)
    bucket.keys.setlist(key, left)
    if not left:
        bucket.keys.pop(key)
    headers = {"version-id": version_id or _NULL, "delete-marker": "true" if marker else None}
    return bool(versions), {name: value for name, value in headers.items() if value}
