"""The person's records among the dead letters of one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from animal_recommender.dead_letters import DeadLetter, Record, message_body
from animal_recommender.timestamps import format_time
from scripts.operate.dead_letter_queue import Letter, Queue
from scripts.operate.forget_user.event_files import without_events
from scripts.operate.forget_user.person import Person, Place
from scripts.operate.stream_replay import read_range

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_sqs import SQSClient

_HIDDEN_SECONDS = 60  # a run that was killed keeps the next one waiting for so long


@dataclass
class Found:
    """How many letters of a queue are the person's, are hidden by another reader, or are batches with their events."""

    theirs: int = 0
    hidden: int = 0
    batches: int = 0


class Letters:
    """One function's dead-letter queue. The stream has the records that are too large for a letter, and batches."""

    def __init__(self, sqs: SQSClient, kinesis: KinesisClient, url: str, function: str) -> None:
        self._sqs, self._kinesis, self._url, self._function = sqs, kinesis, url, function

    def look(self, person: Person) -> Found:
        """Note the logins that the letters show, and count."""
        return self._go_over(
            lambda _, letter: self._is_about(letter, person), lambda letter: self._batch_has(letter, person)
        )

    def forget(self, person: Person) -> Found:
        """Delete the person's letters. A record that holds events of others, too, stays with these."""
        return self._go_over(lambda queue, letter: self._forget(queue, letter, person), lambda letter: False)

    def _go_over(self, treat: Callable[[Queue, Letter], bool], treat_batch: Callable[[Letter], bool]) -> Found:
        queue, found = Queue(self._sqs, self._url, _HIDDEN_SECONDS), Found()
        try:
            for letter in queue.receive_letters():
                if letter.is_batch:
                    found.batches += treat_batch(letter)
                else:
                    found.theirs += treat(queue, letter)
            found.hidden = queue.count_hidden()
        finally:
            queue.release()
        return found

    def _is_about(self, letter: Letter, person: Person) -> bool:
        data, kept = self._without_person(letter, person)
        return kept != data

    def _forget(self, queue: Queue, letter: Letter, person: Person) -> bool:
        data, kept = self._without_person(letter, person)
        if kept == data:
            return False
        if kept is None or not letter.first:
            queue.remove([letter])
        else:
            queue.replace(letter, self._body(letter, kept))
        return True

    def _without_person(self, letter: Letter, person: Person) -> tuple[bytes, bytes | None]:
        """Return a letter's record, and the record without the person's events."""
        data = letter.data
        if not letter.whole and letter.first:
            data = next((record for record in self._read_stream(letter)), data)
        return data, without_events(person, data, self._place(letter))

    def _batch_has(self, letter: Letter, person: Person) -> bool:
        place = self._place(letter)
        return any(without_events(person, data, place) != data for data in self._read_stream(letter))

    def _read_stream(self, letter: Letter) -> Iterator[bytes]:
        if letter.stream_arn:
            records = read_range(self._kinesis, letter.stream_arn, letter.shard_id, letter.first, letter.last)
            yield from (record.data for record in records or ())

    def _place(self, letter: Letter) -> Place:
        return Place(f"dead letters of {self._function}", format_time(letter.arrived))

    def _body(self, letter: Letter, data: bytes) -> str:
        record = Record(0, letter.stream_arn, letter.shard_id, letter.first, letter.arrived, data)
        return message_body(DeadLetter(record, letter.reason, letter.detail), self._function)
