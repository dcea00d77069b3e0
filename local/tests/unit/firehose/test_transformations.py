"""How the response of a transformation decides on each record."""

import base64
import json
from typing import Any

import pytest

from local_aws.firehose.records import Record
from local_aws.firehose.transformations import InvocationError, Transformed, transform

STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/f"
RECORDS = [Record(b"a", 1.5, "shardId-0", 1, 0, "p"), Record(b"b", 2.5, "shardId-0", 2, 0, "p")]


def answer(*returned: tuple[int, dict[str, Any]]) -> bytes:
    return json.dumps({"records": [{"recordId": RECORDS[index].id, **given} for index, given in returned]}).encode()


def ok(text: str) -> dict[str, str]:
    return {"result": "Ok", "data": base64.b64encode(text.encode()).decode()}


def run(response: bytes) -> Transformed:
    return transform(RECORDS, STREAM, 3, lambda request: response)


def test_given_a_batch_then_the_request_has_the_form_of_aws() -> None:
    requests: list[dict[str, Any]] = []

    def invoke(request: bytes) -> bytes:
        requests.append(json.loads(request))
        return answer((0, ok("A")), (1, ok("B")))

    found = transform(RECORDS, STREAM, 3, invoke)

    assert [(record.data, record.arrival) for record in found.records] == [(b"A", 1.5), (b"B", 2.5)]
    (request,) = requests
    assert (request["deliveryStreamArn"], request["region"]) == (STREAM, "us-east-1")
    assert len({record["recordId"] for record in request["records"]}) == 2
    first = request["records"][0]
    assert (first["data"], first["approximateArrivalTimestamp"]) == ("YQ==", 1500)
    assert first["kinesisRecordMetadata"]["sequenceNumber"] == "1"


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (answer((1, ok("B"))), "Lambda.MissingRecordId"),
        (answer((0, ok("A")), (0, ok("A")), (1, ok("B"))), "Lambda.DuplicatedRecordId"),
        (answer((0, {"result": "ProcessingFailed"}), (1, ok("B"))), "Lambda.ProcessingFailedStatus"),
        (answer((0, {"result": "OK", "data": "YQ=="}), (1, ok("B"))), "Lambda.InvalidReturnFormat"),
        (answer((0, {"result": "Ok"}), (1, ok("B"))), "Lambda.InvalidReturnFormat"),
        (answer((0, {"result": "Ok", "data": "no base64"}), (1, ok("B"))), "Lambda.InvalidReturnFormat"),
        (answer((0, {"result": "Ok", "data": None}), (1, ok("B"))), "Lambda.InvalidReturnFormat"),
    ],
)
def test_given_one_wrong_record_then_it_alone_fails_at_the_first_attempt(response: bytes, code: str) -> None:
    found = run(response)
    assert [record.data for record in found.records] == [b"B"]
    assert [(one.record, one.code, one.attempts) for one in found.failures] == [(RECORDS[0], code, 1)]


@pytest.mark.parametrize(
    "response",
    [b"", b"null", b"[]", b"{}", b'{"records": null}', b'{"records": {}}', b'{"records": [1]}', b'{"records": [{}]}'],
)
def test_given_a_response_without_records_then_all_fail(response: bytes) -> None:
    found = run(response)
    assert found.records == []
    assert {one.code for one in found.failures} == {"Lambda.JsonProcessingException"}
    assert len(found.failures) == 2


def test_given_dropped_records_and_unknown_ids_then_they_leave_no_trace() -> None:
    stray = {"recordId": "stray", **ok("C")}
    body = json.loads(answer((0, {"result": "Dropped"}), (1, ok("B"))))
    found = run(json.dumps({"records": [*body["records"], stray]}).encode())
    assert ([record.data for record in found.records], found.failures) == ([b"B"], [])


@pytest.mark.parametrize(("failing", "failed"), [(3, 0), (4, 2)])
def test_given_invocations_that_fail_then_three_are_repeated_and_then_the_batch_fails(
    failing: int, failed: int
) -> None:
    responses = iter([*[None] * failing, answer((0, ok("A")), (1, ok("B")))])

    def invoke(request: bytes) -> bytes:
        response = next(responses)
        if response is None:
            raise InvocationError("Lambda.FunctionError")
        return response

    found = transform(RECORDS, STREAM, 3, invoke)

    assert [(one.code, one.attempts) for one in found.failures] == [("Lambda.FunctionError", 4)] * failed
    assert len(found.records) == 2 - failed


def test_given_a_failure_then_its_document_has_the_original_bytes() -> None:
    (failure,) = run(answer((0, {"result": "ProcessingFailed", "data": "eA=="}), (1, ok("B")))).failures
    document = failure.document("arn")
    assert (base64.b64decode(document["rawData"]), document["lambdaArn"], document["attemptsMade"]) == (b"a", "arn", 1)
    assert document["arrivalTimestamp"] == 1500
