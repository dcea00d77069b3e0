"""The JSON objects that the console shows."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from werkzeug import Request
from werkzeug.test import EnvironBuilder

from local_aws.s3 import documents


def get(query: str) -> list[dict[str, Any]]:
    builder = EnvironBuilder(path="/_local/documents", query_string=query)
    return json.loads(documents.answer(Request(builder.get_environ())).get_data())["documents"]


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        for bucket in ("one", "two"):
            client.create_bucket(Bucket=bucket)
        yield client


def test_given_objects_when_asked_then_those_with_the_beginning_and_the_end_are_returned(s3: Any) -> None:
    for bucket, key in (("two", "a/x/v.json"), ("one", "a/y/v.json"), ("one", "b/x/v.json"), ("one", "a/x/w.json")):
        s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({"key": key}))
    found = get("prefix=a/&suffix=/v.json")
    assert [(one["bucket"], one["document"]["key"]) for one in found] == [("one", "a/y/v.json"), ("two", "a/x/v.json")]
    assert len(get("prefix=a/&limit=1")) == 1


def test_given_no_json_too_much_or_a_deleted_object_when_asked_then_it_is_left_out(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket="one", VersioningConfiguration={"Status": "Enabled"})
    for key, body in (("a.json", b"no"), ("b.json", b'"%s"' % (b"x" * 200_000)), ("c.json", b"{}"), ("d.json", b"1")):
        s3.put_object(Bucket="one", Key=key, Body=body)
    s3.delete_object(Bucket="one", Key="c.json")
    assert [one["key"] for one in get("")] == ["d.json"]
