"""Objects whose keys need encoding: stored, read, listed and deleted, so that a bucket can always be emptied."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.testing.server import LocalAws, unique_name

KEYS = [
    *("a+b", "a b", "a%2Bb", "a%20b", "100%", "a&b=c;d,e", "<a>'\"", "q?x=1", "h#y", "back\\slash", "[b]{c}|^`~*!$@:"),
    *("é/ü", "日本", "x\ny", "x\r\n", "tab\t", " lead", "trail ", "a//b", "/a", "a/../b", "dot/./x"),
]
NOT_IN_XML = "\x01bell"


@pytest.fixture
def bucket(aws: LocalAws) -> str:
    name = unique_name("bucket")
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for key in (*KEYS, NOT_IN_XML):
        s3.put_object(Bucket=name, Key=key, Body=key.encode())
    return name


def pages(aws: LocalAws, operation: str, bucket: str, size: int) -> Iterator[dict[str, Any]]:
    return aws.client("s3").get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": size})


@pytest.mark.parametrize("key", KEYS)
def test_given_a_key_that_needs_encoding_then_its_own_object_is_read(aws: LocalAws, bucket: str, key: str) -> None:
    assert aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()


@pytest.mark.parametrize("size", [1000, 3])
@pytest.mark.parametrize(
    ("operation", "member"),
    [("list_objects", "Contents"), ("list_objects_v2", "Contents"), ("list_object_versions", "Versions")],
)
def test_given_keys_that_need_encoding_then_each_is_listed_once(
    aws: LocalAws, bucket: str, operation: str, member: str, size: int
) -> None:
    listed = [found["Key"] for page in pages(aws, operation, bucket, size) for found in page.get(member, ())]
    assert listed == sorted([*KEYS, NOT_IN_XML])


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
def test_given_versions_and_delete_markers_when_each_page_is_deleted_then_the_bucket_is_empty(
    aws: LocalAws, bucket: str, versioning: str
) -> None:
    s3 = aws.client("s3")
    for key in KEYS[::2]:
        s3.delete_object(Bucket=bucket, Key=key)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": versioning})
    deleted = 0
    for page in pages(aws, "list_object_versions", bucket, 4):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        for one in [one for one in objects if one["Key"] == NOT_IN_XML]:
            s3.delete_object(Bucket=bucket, **one)
            objects.remove(one)
        assert not s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}).get("Errors")
        deleted += len(found)
    assert deleted == len(KEYS) + 1 + len(KEYS[::2])
    s3.delete_bucket(Bucket=bucket)


def test_given_a_delimiter_then_folders_are_listed_once_across_pages(aws: LocalAws) -> None:
    s3, name = aws.client("s3"), unique_name("bucket")
    s3.create_bucket(Bucket=name)
    for key in ("a+1/x", "a+1/y", "b", "c d/x", "e"):
        s3.put_object(Bucket=name, Key=key, Body=b"")
    paginator = s3.get_paginator("list_object_versions")
    found = [
        one.get("Prefix") or one["Key"]
        for page in paginator.paginate(Bucket=name, Delimiter="/", PaginationConfig={"PageSize": 1})
        for one in (*page.get("CommonPrefixes", ()), *page.get("Versions", ()))
    ]
    assert found == ["a+1/", "b", "c d/", "e"]


def test_given_suspended_versioning_when_an_object_is_deleted_then_older_versions_stay(
    aws: LocalAws,
) -> None:
    s3, name = aws.client("s3"), unique_name("bucket")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"null version")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=name, Key="k", Body=b"")["VersionId"]
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_object(Bucket=name, Key="k")
    left = s3.list_object_versions(Bucket=name)
    assert [one["VersionId"] for one in left["Versions"]] == [version]
    assert [(one["VersionId"], one["IsLatest"]) for one in left["DeleteMarkers"]] == [("null", True)]
