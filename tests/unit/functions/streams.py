"""Events and Kinesis batches, as the stream's consumers receive them."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

METADATA = {
    "animal_species_id": "1",
    "animal_primary_breed_id": "Russian_Blue",
    "animal_size_id": "1",
    "animal_age_id": "2",
}
NOW = float(int(time.time()))


def event(**changes: Any) -> dict[str, Any]:
    whole = {"userId": "12345", "sessionId": "s-1", "eventType": "DetailView", "animalMetadata": METADATA, **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def kinesis(*datas: Any, start: int = 1, arrival: float = NOW) -> dict[str, Any]:
    """A batch of an event source mapping; data that is not bytes is written as JSON."""
    return {"Records": [_record(data, start + index, arrival) for index, data in enumerate(datas)]}


def _record(data: Any, number: int, arrival: float) -> dict[str, Any]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    sequence = sequence_number(number)
    return {
        "kinesis": {
            "data": base64.b64encode(raw).decode(),
            "sequenceNumber": sequence,
            "partitionKey": "p",
            "approximateArrivalTimestamp": arrival,
        },
        "eventID": f"shardId-000000000000:{sequence}",
        "eventSourceARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/events",
    }


def firehose(*datas: bytes) -> dict[str, Any]:
    """A batch of Firehose's data transformation, from a Kinesis stream."""
    records = [
        {
            "recordId": f"{sequence_number(number)}000000",
            "approximateArrivalTimestamp": int(NOW * 1000),
            "data": base64.b64encode(data).decode(),
            "kinesisRecordMetadata": {
                "shardId": "shardId-000000000000",
                "partitionKey": "p",
                "sequenceNumber": sequence_number(number),
                "subsequenceNumber": 0,
                "approximateArrivalTimestamp": int(NOW * 1000),
            },
        }
        for number, data in enumerate(datas)
    ]
    arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/raw-events"
    return {"invocationId": "invocation-1", "deliveryStreamArn": arn, "region": "eu-west-1", "records": records}


def sequence_number(number: int) -> str:
    return f"{49590338271490256608559692538361571095921575989136588898 + number}"


def deliver_until_done(handler: Any, batch: dict[str, Any], context: Any, tries: int = 20) -> Iterator[dict[str, Any]]:
    """Repeat a batch as Lambda does: from the reported record on, until nothing is reported."""
    records = batch["Records"]
    for _ in range(tries):
        answer = handler({"Records": records}, context)
        yield answer
        failures = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        if not failures:
            return
        numbers = [record["kinesis"]["sequenceNumber"] for record in records]
        records = records[min(numbers.index(failure) for failure in failures) :]
    raise AssertionError("the batch was never done")
