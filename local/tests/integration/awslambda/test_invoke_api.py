"""Invoke rejects bad requests as Lambda does."""

import pytest
from botocore.exceptions import ClientError

from local_aws.testing.server import LocalAws


def test_bad_requests_are_refused_as_lambda_does(aws: LocalAws, echo: str) -> None:
    client = aws.client("lambda")
    for arguments, code in [
        ({"FunctionName": "nobody", "Payload": b"{}"}, "ResourceNotFoundException"),
        ({"FunctionName": echo, "Qualifier": "gone", "Payload": b"{}"}, "ResourceNotFoundException"),
        ({"FunctionName": echo, "Payload": b"{no json"}, "InvalidRequestContentException"),
        ({"FunctionName": echo, "Payload": b"[" * 100_000 + b"]" * 100_000}, "InvalidRequestContentException"),
    ]:
        with pytest.raises(ClientError) as refused:
            client.invoke(**arguments)
        assert refused.value.response["Error"]["Code"] == code
    assert client.invoke(FunctionName=echo, InvocationType="DryRun")["StatusCode"] == 204
    assert aws.invoke(echo, {"kind": "large"})[0]["errorType"] == "Function.ResponseSizeTooLarge"
