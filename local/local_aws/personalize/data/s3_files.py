"""Read and write the files of jobs in S3."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local_aws.personalize.errors import JobFailedError


def read_files(s3: Any, location: str) -> Iterator[tuple[str, bytes]]:
    """Yield (key, content) of the file at an s3:// location, or of each file directly in it if it ends with a slash.

    Raises:
        JobFailedError: The bucket or the file does not exist, or access is denied.
    """
    bucket, key = split_location(location)
    try:
        for name in _keys(s3, bucket, key):
            yield name, s3.get_object(Bucket=bucket, Key=name)["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise JobFailedError(f"{_lack_of_privileges(error)}Cannot read {location}: {_reason(error)}") from None


def write_file(s3: Any, location: str, name: str, content: bytes, kms_key: str | None = None) -> str:
    """Write a file below an s3:// location, encrypted with a KMS key (ARN) if one is given, and return its key.

    Raises:
        JobFailedError: The bucket does not exist, or access is denied.
    """
    bucket, prefix = split_location(location)
    key = f"{prefix.rstrip('/')}/{name}".lstrip("/")
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=content, **encryption)
    except (ClientError, BotoCoreError) as error:
        message = f"{_lack_of_privileges(error)}Cannot write s3://{bucket}/{key}: {_reason(error)}"
        raise JobFailedError(message) from None
    return key


def split_location(location: str) -> tuple[str, str]:
    """Return the bucket and the key (or prefix) of an s3:// location.

    Raises:
        JobFailedError: It is not an s3:// location.
    """
    scheme, _, path = location.partition("://")
    bucket, _, key = path.partition("/")
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


def _lack_of_privileges(error: Exception) -> str:
    """Return the beginning of the service's own message if access is denied."""
    denied = isinstance(error, ClientError) and error.response["Error"].get("Code") == "AccessDenied"
    return "Insufficient privileges for accessing data in S3. " if denied else ""


def _reason(error: Exception) -> str:
    if isinstance(error, ClientError):
        details = error.response["Error"]
        return f"{details.get('Code')}: {details.get('Message')}"
    return str(error)
