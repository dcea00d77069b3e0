"""Data transformation: a function gets a batch of records, and says for each what becomes of it.

https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html and
https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html. The texts of errors are those
of "Monitor Amazon Data Firehose Using CloudWatch Logs" and of AWS's objects under processing-failed/.
"""

import base64
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from local_aws.firehose.records import Record

_REFUSED = "Lambda.ProcessingFailedStatus"
_MESSAGES = {
    "Lambda.AssumeRoleAccessDenied": "Access was denied. Ensure that the trust policy of the role allows Firehose to"
    " assume it.",
    "Lambda.InvokeAccessDenied": "Access was denied. Ensure that the access policy allows access to the Lambda"
    " function.",
    "Lambda.ResourceNotFound": "The Lambda function was not found. Check that it exists.",
    "Lambda.InvokeLimitExceeded": "The concurrent execution limit is exceeded. Increase the concurrent execution"
    " limit.",
    "Lambda.InvocationFailed": "The Lambda function could not be invoked.",
    "Lambda.FunctionError": "The Lambda function was successfully invoked but it returned an error result.",
    "Lambda.JsonProcessingException": "There was an error parsing returned records from the Lambda function. Ensure"
    " that the returned records follow the status model required by Firehose.",
    "Lambda.MissingRecordId": "One or more record Ids were not returned. Ensure that the Lambda function returns all"
    " received record Ids.",
    "Lambda.DuplicatedRecordId": "Multiple records were returned with the same record Id. Ensure that the Lambda"
    " function returns a unique record Id for each record.",
    "Lambda.InvalidReturnFormat": "A record must have a result of Ok, Dropped or ProcessingFailed, and data in base64"
    " with Ok.",
    _REFUSED: "ProcessingFailed status set for record",
}


class InvocationError(Exception):
    """An invocation that failed as a whole; its text is an error code of Firehose."""


@dataclass(frozen=True)
class Failure:
    """A record that was not transformed, with an error code of Firehose; `ended` is in epoch seconds."""

    record: Record
    code: str
    attempts: int
    ended: float

    @property
    def message(self) -> str:
        """The text about the code."""
        return _MESSAGES[self.code]

    @property
    def refused(self) -> bool:
        """Whether the function itself said that the record failed."""
        return self.code == _REFUSED

    def document(self, function: str) -> dict[str, Any]:
        """Return what Firehose writes about the record."""
        return {
            "attemptsMade": self.attempts,
            "arrivalTimestamp": int(self.record.arrival * 1000),
            "errorCode": self.code,
            "errorMessage": self.message,
            "attemptEndingTimestamp": int(self.ended * 1000),
            "rawData": base64.b64encode(self.record.data).decode("ascii"),
            "lambdaArn": function,
        }


@dataclass
class Transformed:
    """The records of a batch with their new data, without those that were dropped, and the others."""

    records: list[Record] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


Invoke = Callable[[bytes], bytes]
"""Sends a request to the function and returns its response, or raises InvocationError."""


def transform(records: Sequence[Record], stream_arn: str, retries: int, invoke: Invoke) -> Transformed:
    """Transform a batch. A response that the function returned is final; a failed invocation is repeated."""
    for attempt in range(1, retries + 2):
        try:
            return _read_response(records, invoke(_request(records, stream_arn)), attempt)
        except InvocationError as error:
            code = str(error)
    return Transformed(failures=[Failure(record, code, retries + 1, time.time()) for record in records])


def _request(records: Sequence[Record], stream_arn: str) -> bytes:
    document = {
        "invocationId": str(uuid.uuid4()),
        "deliveryStreamArn": stream_arn,
        "region": stream_arn.split(":")[3],
        "records": [_request_record(record) for record in records],
    }
    return json.dumps(document).encode()


def _request_record(record: Record) -> dict[str, Any]:
    arrival = int(record.arrival * 1000)
    request: dict[str, Any] = {
        "recordId": record.id,
        "approximateArrivalTimestamp": arrival,
        "data": base64.b64encode(record.data).decode("ascii"),
    }
    if record.partition_key is not None:
        request["kinesisRecordMetadata"] = {
            "shardId": record.shard_id,
            "partitionKey": record.partition_key,
            "sequenceNumber": str(record.sequence),
            "subsequenceNumber": record.subsequence,
            "approximateArrivalTimestamp": arrival,
        }
    return request


def _read_response(records: Sequence[Record], payload: bytes, attempt: int) -> Transformed:
    returned = _returned_records(payload)
    times = Counter(one.get("recordId") for one in returned or ())
    by_id = {one.get("recordId"): one for one in returned or ()}
    found = Transformed()
    for record in records:
        if returned is None:
            code, data = "Lambda.JsonProcessingException", None
        elif times[record.id] != 1:
            code, data = "Lambda.DuplicatedRecordId" if times[record.id] else "Lambda.MissingRecordId", None
        else:
            code, data = _read_result(by_id[record.id])
        if code:
            found.failures.append(Failure(record, code, attempt, time.time()))
        elif data is not None:
            found.records.append(replace(record, data=data))
    return found


def _returned_records(payload: bytes) -> list[dict[str, Any]] | None:
    """Return the records of a response; None if it does not have the form that Firehose reads."""
    try:
        records = json.loads(payload)["records"]
        well_formed = all(isinstance(one["recordId"], str) for one in records)
    except (ValueError, TypeError, KeyError):
        return None
    return records if isinstance(records, list) and well_formed else None


def _read_result(returned: dict[str, Any]) -> tuple[str, bytes | None]:
    """Return the error code, empty for none, and the new data, None for a record that was dropped."""
    result = returned.get("result")
    if result == "ProcessingFailed":
        return _REFUSED, None
    if result == "Dropped":
        return "", None
    try:
        if result == "Ok":
            return "", base64.b64decode(returned["data"], validate=True)
    except (KeyError, TypeError, ValueError):
        pass
    return "Lambda.InvalidReturnFormat", None
