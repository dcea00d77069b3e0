"""Requests over HTTP: validation by the service model, error responses, regions and faults."""

import json
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from local_aws.faults import Faults
from local_aws.testing.in_process import InProcessPersonalize

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/group"


def send(
    personalize: InProcessPersonalize, operation: str, body: Any, region: str = "us-east-1"
) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, str) else json.dumps(body)
    scope = f"AWS4-HMAC-SHA256 Credential=key/20260101/{region}/personalize/aws4_request, SignedHeaders=host"
    headers = {"X-Amz-Target": f"AmazonPersonalize.{operation}", "Authorization": scope}
    response = personalize.app.handle(Request(EnvironBuilder(method="POST", data=data, headers=headers).get_environ()))
    return response.status_code, json.loads(response.data)


def send_faults(faults: Faults, method: str, body: Any = None) -> Response:
    data = None if body is None else json.dumps(body)
    return faults.handle(Request(EnvironBuilder(path="/_local/faults", method=method, data=data).get_environ()))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({}, "Value null at 'name' failed to satisfy constraint: Member must not be null"),
        ({"name": "a" * 64}, "length less than or equal to 63"),
        ({"name": "no spaces"}, "regular expression pattern"),
        ({"name": "a", "roleArn": "role"}, "'role' at 'roleArn'"),
        ({"name": "a", "tags": [{"tagKey": ""}]}, "2 validation errors detected"),
        ({"name": "a", "domain": "PETS"}, "enum value set: [ECOMMERCE, VIDEO_ON_DEMAND]"),
    ],
)
def test_given_a_request_that_violates_the_model_when_sent_then_every_constraint_is_named(
    personalize: InProcessPersonalize, request_: dict[str, Any], message: str
) -> None:
    status, document = send(personalize, "CreateDatasetGroup", request_)
    assert (status, document["__type"]) == (400, "InvalidInputException")
    assert message in document["message"]


@pytest.mark.parametrize(
    ("operation", "body", "status", "code"),
    [
        ("CreateDatasetGroup", "{", 400, "SerializationException"),
        ("CreateDatasetGroup", [1], 400, "SerializationException"),
        ("CreateDatasetGroup", {"name": 1}, 400, "SerializationException"),
        ("CreateDatasetGroup", "[" * 5000, 400, "SerializationException"),
        ("CreateDatasetGroup", '{"name": "a", "domain": 1e999}', 400, "SerializationException"),
        ("ListSchemas", {"nextToken": "W1tb" * 360}, 400, "InvalidNextTokenException"),
        ("ListSchemas", {"maxResults": "3"}, 400, "SerializationException"),
        ("ListSchemas", {"maxResults": 101}, 400, "InvalidInputException"),
        ("MakeCoffee", {}, 404, "UnknownOperationException"),
        (
            "CreateSolution",
            {"name": "s", "datasetGroupArn": GROUP, "performAutoML": True},
            501,
            "NotImplementedException",
        ),
        ("DescribeSchema", {"schemaArn": "arn:aws:personalize:::schema/x"}, 400, "ResourceNotFoundException"),
    ],
)
def test_given_bad_requests_when_sent_then_the_error_has_a_name(
    personalize: InProcessPersonalize, operation: str, body: Any, status: int, code: str
) -> None:
    response_status, document = send(personalize, operation, body)
    assert (response_status, document["__type"]) == (status, code)


def test_given_an_internal_error_when_sent_then_the_response_has_no_stack_trace(
    personalize: InProcessPersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personalize.app.service().store, "all", lambda *_, **__: 1 / 0)
    status, document = send(personalize, "ListSchemas", {})
    assert status == 500
    assert document == {"__type": "InternalFailure", "message": "The local Amazon Personalize failed; see its log."}


def test_given_two_regions_when_used_then_each_has_its_own_resources(personalize: InProcessPersonalize) -> None:
    _, document = send(personalize, "CreateDatasetGroup", {"name": "group"}, region="eu-west-1")
    assert document["datasetGroupArn"].startswith("arn:aws:personalize:eu-west-1:123456789012:")
    assert len(send(personalize, "ListDatasetGroups", {}, region="us-east-1")[1]["datasetGroups"]) == 1


def test_given_fault_rates_when_set_and_reset_then_calls_fail_and_succeed_again(
    personalize: InProcessPersonalize,
) -> None:
    faults = personalize.app.faults
    assert send_faults(faults, "PUT", {"operations": {"ListSchemas": {"throttleRate": 1}}}).status_code == 200
    assert send(personalize, "ListSchemas", {}) == (
        400,
        {"__type": "ThrottlingException", "message": "Rate exceeded"},
    )
    assert send(personalize, "ListSolutions", {})[0] == 200
    send_faults(faults, "POST", {"operations": {"*": {"errorRate": 0.5}}})
    codes = {send(personalize, "ListSolutions", {})[0] for _ in range(50)}
    assert codes == {200, 500}
    assert json.loads(send_faults(faults, "DELETE").data)["operations"] == {}
    assert send(personalize, "ListSchemas", {})[0] == 200


@pytest.mark.parametrize(
    ("headers", "path", "code"),
    [
        ({"X-Amz-Target": "AmazonPersonalize.ListSchemas"}, "/", "MissingAuthenticationTokenException"),
        ({}, "/recommendations", "MissingAuthenticationTokenException"),
        (
            {
                "X-Amz-Target": "AmazonPersonalize.ListSchemas",
                "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101//personalize/aws4_request",
            },
            "/",
            "InvalidSignatureException",
        ),
    ],
)
def test_given_a_request_without_a_signature_or_region_when_sent_then_the_error_says_so(
    personalize: InProcessPersonalize, headers: dict[str, str], path: str, code: str
) -> None:
    environ = EnvironBuilder(method="POST", path=path, data="{}", headers=headers).get_environ()
    response = personalize.app.refuse_unsigned(Request(environ))
    assert response is not None
    assert (response.status_code, json.loads(response.data)["__type"]) == (403, code)


def test_given_a_request_of_another_service_when_not_signed_then_it_is_not_refused_here(
    personalize: InProcessPersonalize,
) -> None:
    for method, path in (("GET", "/recommendations"), ("POST", "/")):
        assert personalize.app.refuse_unsigned(Request(EnvironBuilder(method=method, path=path).get_environ())) is None
