"""Dead letters: each has its reason and the record's bytes, and none is lost if the queue does not take it."""

import base64
import gzip
import hashlib
import io
import random
from dataclasses import replace

import pytest

from animal_recommender.dead_letters import DeadLetter, DeadLetterQueue, Record
from tests.unit.functions.fakes import FakeSqs, error


def letter(data: bytes, position: int = 0) -> DeadLetter:
    record = Record(position, "arn:stream", "shardId-0", str(position), 1_790_000_000.5, data)
    return DeadLetter(record, "not-json", "data: must be JSON")


@pytest.fixture
def queue(sqs: FakeSqs) -> DeadLetterQueue:
    return DeadLetterQueue(sqs, "url", "put-events")


def test_given_a_letter_then_its_message_has_reason_place_and_bytes(queue: DeadLetterQueue, sqs: FakeSqs) -> None:
    assert queue.send([letter(b"\x00\xff", 7)]) == []

    assert sqs.letters == [
        {
            "reason": "not-json",
            "detail": "data: must be JSON",
            "functionName": "put-events",
            "streamArn": "arn:stream",
            "shardId": "shardId-0",
            "sequenceNumber": "7",
            "arrivalTime": "2026-09-21T14:13:20.500000Z",
            "dataSize": 2,
            "dataSha256": hashlib.sha256(b"\x00\xff").hexdigest(),
            "data": "AP8=",
            "dataEncoding": "base64",
            "dataTruncated": False,
        }
    ]


def test_given_a_large_record_that_compresses_then_it_is_whole(queue: DeadLetterQueue, sqs: FakeSqs) -> None:
    data = b"y" * 2_000_000

    queue.send([letter(data)])

    (sent,) = sqs.letters
    assert (sent["dataEncoding"], sent["dataTruncated"]) == ("gzip+base64", False)
    assert gzip.decompress(base64.b64decode(sent["data"])) == data


def test_given_ten_megabytes_that_do_not_compress_then_prefix_size_and_digest_are_kept(
    queue: DeadLetterQueue, sqs: FakeSqs
) -> None:
    data = random.Random(1).randbytes(10 * 1024 * 1024)

    queue.send([letter(data)])

    (sent,) = sqs.letters
    assert base64.b64decode(sent["data"]) == data[:65_536]
    assert (sent["dataTruncated"], sent["dataSize"]) == (True, len(data))
    assert sent["dataSha256"] == hashlib.sha256(data).hexdigest()


def test_given_many_letters_then_they_are_sent_in_batches_that_the_queue_takes(
    queue: DeadLetterQueue, sqs: FakeSqs
) -> None:
    datas = [*(random.Random(n).randbytes(150_000) for n in range(12)), *([b"x"] * 25)]

    assert queue.send([letter(data, number) for number, data in enumerate(datas)]) == []
    assert [sent["sequenceNumber"] for sent in sqs.letters] == [str(number) for number in range(len(datas))]


def test_given_a_queue_that_refuses_one_message_then_only_its_letter_is_returned(
    queue: DeadLetterQueue, sqs: FakeSqs
) -> None:
    sqs.refuse_next = 1
    letters = [letter(b"x", number) for number in range(3)]

    assert queue.send(letters) == letters[:1]
    assert len(sqs.letters) == 2


def test_given_a_queue_that_is_not_reached_then_the_letters_of_the_call_are_returned(
    queue: DeadLetterQueue, sqs: FakeSqs
) -> None:
    sqs.faults = [error("ServiceUnavailable", 503)]
    letters = [letter(b"x", number) for number in range(12)]

    assert queue.send(letters) == letters[:10]
    assert len(sqs.letters) == 2


def test_given_letters_then_the_log_has_their_reasons_and_no_data(queue: DeadLetterQueue, logs: io.StringIO) -> None:
    queue.send([letter(b"SECRET-4711", 3)])

    assert '"reason":"not-json"' in logs.getvalue()
    assert '"sequenceNumber":"3"' in logs.getvalue()
    assert "SECRET" not in logs.getvalue()


def test_given_a_very_long_detail_then_it_is_cut(queue: DeadLetterQueue, sqs: FakeSqs) -> None:
    queue.send([replace(letter(b""), detail="x" * 9999)])

    assert len(sqs.letters[0]["detail"]) == 4096
