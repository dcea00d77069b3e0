"""Who signed a request, as boto3 signs it."""

from typing import Any

import pytest
from werkzeug import Response

from local_aws.iam.signatures import CredentialScope, read_scope
from local_aws.testing.capturing_client import CapturingClient


def test_the_scope_of_a_signed_request_has_key_region_and_signing_name() -> None:
    seen: list[CredentialScope | None] = []

    def answer(environ: dict[str, Any], signing_name: str) -> Response:
        seen.append(read_scope(environ))
        return Response("{}")

    CapturingClient("personalize-runtime", answer).client.get_recommendations(campaignArn="c")
    assert seen == [CredentialScope("k", "us-east-1", "personalize")]


def test_a_presigned_url_is_signed_in_its_query() -> None:
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k%2F20260101%2Feu-west-1%2Fs3%2Faws4_request"
    assert read_scope({"QUERY_STRING": query}) == CredentialScope("k", "eu-west-1", "s3")


@pytest.mark.parametrize("environ", [{}, {"HTTP_AUTHORIZATION": "Bearer x"}, {"QUERY_STRING": "Action=ListTopics"}])
def test_a_request_without_a_signature_has_no_scope(environ: dict[str, str]) -> None:
    assert read_scope(environ) is None
