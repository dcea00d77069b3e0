"""Reading and writing the files of jobs in S3."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.personalize.errors import JobFailedError


def read_files(s3: Any, location: str) -> Iterator[tuple[str, bytes]]:
    """(key, content) of the file at an s3:// location, or of each file directly in it if it ends in a slash.

    Raises JobFailedError where the bucket or the file is not there or may not be read.
    """
    bucket, key = split_location(location)
    try:
        for name in _keys(s3, bucket, key):
            yield name, s3.get_object(Bucket=bucket, Key=name)["Body"].read()
    except (ClientError, BotoCoreError) as refused:
        raise JobFailedError(f"Cannot read {location}: {_reason(refused)}") from None


def write_file(s3: Any, location: str, name: str, content: bytes) -> str:
    """Write a file below an s3:// location; returns its key. Raises JobFailedError."""
    bucket, prefix = split_location(location)
    key = f"{prefix.rstrip('/')}/{name}".lstrip("/")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=content)
    except (ClientError, BotoCoreError) as refused:
        raise JobFailedError(f"Cannot write s3://{bucket}/{key}: {_reason(refused)}") from None
    return key


def split_location(location: str) -> tuple[str, str]:
    """Bucket and key (or prefix) of an s3:// location. Raises JobFailedError for any other."""
    scheme, _, place = location.partition("://")
    bucket, _, key = place.partition("/")
    if scheme != "s3" or not bucket:
        raise JobFailedError(f"{location} is not an s3://BUCKET/KEY location")
    return bucket, key.lstrip("/")


def _keys(s3: Any, bucket: str, key: str) -> list[str]:
    if key and not key.endswith("/"):
        return [key]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key, Delimiter="/")
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", []) if entry["Size"]]
    if not keys:
        raise JobFailedError(f"There is no file at s3://{bucket}/{key}")
    return keys


def _reason(refused: Exception) -> str:
    if isinstance(refused, ClientError):
        error = refused.response["Error"]
        return f"{error.get('Code')}: {error.get('Message')}"
    return str(refused)
