"""`/_local/documents`: the JSON objects of all buckets whose keys begin and end as asked, for the console."""

import json
from collections.abc import Iterator
from typing import Any

from moto.s3.models import FakeKey, s3_backends
from werkzeug import Request, Response

from local_aws.http.parameters import read_limit
from local_aws.http.responses import json_response

_LARGEST_BYTES = 200_000


def answer(request: Request) -> Response:
    """Answer `GET documents?prefix=a/&suffix=/b.json`: `{"documents": [{"bucket", "key", "document"}, …]}` by key.

    What is no JSON, or larger than 200 kB, is left out.
    """
    prefix, suffix = request.args.get("prefix", ""), request.args.get("suffix", ".json")
    found = sorted(_find(prefix, suffix), key=lambda one: (one["bucket"], one["key"]))
    return json_response({"documents": found[: read_limit(request, 100)]})


def _find(prefix: str, suffix: str) -> Iterator[dict[str, Any]]:
    backends = [backend for account in list(s3_backends.values()) for backend in list(account.values())]
    for bucket in (bucket for backend in backends for bucket in list(backend.buckets.values())):
        for key in list(bucket.keys.values()):
            if isinstance(key, FakeKey) and key.name.startswith(prefix) and key.name.endswith(suffix):
                yield from _read(bucket.name, key)


def _read(bucket: str, key: FakeKey) -> Iterator[dict[str, Any]]:
    if key.size > _LARGEST_BYTES:
        return
    try:
        yield {"bucket": bucket, "key": key.name, "document": json.loads(key.value)}
    except ValueError:
        return
