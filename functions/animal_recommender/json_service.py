"""Calls of AWS services whose protocol is JSON, without a client of botocore.

A client costs 25 ms of each cold start, most of it for the model of its service, and two milliseconds of each call.
This needs neither: one POST, signed by botocore. It is for calls beside a request that must take no time from it.
https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import contextlib
import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.httpsession import URLLib3Session

from animal_recommender.aws_errors import AwsError, ErrorKind, classify
from animal_recommender.clients import credentials


class JsonService:
    """One service in the region of the function, over connections that stay open.

    Args:
        service: Its name in endpoints and signatures, such as `firehose`.
        target: The prefix of the header X-Amz-Target, such as `Firehose_20150804`.
        connect_timeout: Seconds, for each attempt. So is `read_timeout`.
        attempts: How often a call is made if it fails for a transient reason.
    """

    def __init__(
        self, service: str, target: str, *, connect_timeout: float, read_timeout: float, attempts: int = 2
    ) -> None:
        self._service = service
        self._target = target
        self._attempts = attempts
        self._region = os.environ.get("AWS_REGION", "us-east-1")
        self._url = _endpoint(service, self._region)
        timeout = (connect_timeout, read_timeout)
        self._http = URLLib3Session(timeout=timeout, max_pool_connections=4)  # type: ignore[arg-type]  # takes both

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Return the output of an operation.

        Raises:
            ClientError: The service refuses it. BotoCoreError: It does not answer.
        """
        for attempt in range(1, self._attempts + 1):
            try:
                return self._call_once(operation, parameters)
            except AwsError as error:
                if attempt == self._attempts or classify(error) is not ErrorKind.TRANSIENT:
                    raise
        raise AssertionError("there is no attempt")  # pragma: no cover

    def connect(self) -> None:
        """Open a connection for the calls to come, by a request whose answer does not matter."""
        with contextlib.suppress(*AwsError):
            self._http.send(AWSRequest("GET", self._url).prepare())

    def _call_once(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{self._target}.{operation}"}
        request = AWSRequest("POST", self._url, headers=headers, data=json.dumps(parameters).encode())
        signer = credentials()
        if signer is None:
            raise NoCredentialsError
        SigV4Auth(signer.get_frozen_credentials(), self._service, self._region).add_auth(request)
        response = self._http.send(request.prepare())
        if response.status_code >= 300:
            raise _error(response.content, response.status_code, operation)
        return json.loads(response.content or b"{}")


def _endpoint(service: str, region: str) -> str:
    """Return the service's URL: as the environment says, or AWS's own in the region.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    named = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{(named or f'https://{service}.{region}.{suffix}').rstrip('/')}/"


def _error(content: bytes, status: int, operation: str) -> ClientError:
    try:
        code = str(json.loads(content)["__type"]).rpartition("#")[2]
    except (ValueError, KeyError, TypeError):
        code = "Unknown"
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)  # type: ignore[typeddict-item]
