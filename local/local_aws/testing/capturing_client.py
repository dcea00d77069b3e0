"""A boto3 client that passes its requests to a function: requests and errors exactly as boto3 sends and reads them."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from werkzeug.test import EnvironBuilder

from local_aws.settings import REGION

Answer = Callable[[dict[str, Any], str], Any]
"""Gets a WSGI environment and the signing name, and returns a werkzeug response."""


class CapturingClient:
    """A boto3 client whose requests are answered by a function instead of a server."""

    def __init__(self, service: str, answer: Answer) -> None:
        self.client: Any = boto3.client(  # type: ignore[call-overload]
            service,
            region_name=REGION,
            endpoint_url="http://127.0.0.1:1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )
        self._name = self.client.meta.service_model.signing_name
        self._answer = answer
        self.client.meta.events.register("before-send", self._send)

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        response = self._answer(_environ(request), self._name)
        headers: Any = dict(response.headers)
        return AWSResponse(str(request.url), response.status_code, headers, _RawResponse(response.get_data()))


class _RawResponse:
    """The part of urllib3's response that botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """Yield the content."""
        yield self._content


def _environ(request: AWSPreparedRequest) -> dict[str, Any]:
    split = urlsplit(str(request.url))
    body: Any = request.body
    content = body.read() if hasattr(body, "read") else body
    given: dict[str, Any] = dict(request.headers.items())
    headers = [(name, value.decode() if isinstance(value, bytes) else value) for name, value in given.items()]
    builder = EnvironBuilder(
        method=str(request.method), path=split.path, query_string=split.query, headers=headers, data=content or b""
    )
    return dict(builder.get_environ())
