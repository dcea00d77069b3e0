"""Repaired dead letters go through their function once, whatever is interrupted; the others stay."""

import base64
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from animal_recommender.dead_letters import DeadLetterQueue
from animal_recommender.event_types import EventTypes
from animal_recommender.events import Event
from animal_recommender.stream_batches import DeliveryResult, process_batch
from scripts.common.task import TaskError
from scripts.common.terminal import running
from scripts.operate.dead_letter_queue import Queue
from scripts.operate.deployment import Deployment
from scripts.operate.redrive import Redrive, read_repaired, redrive
from scripts.operate.stream_replay import Consumer
from tests.unit.scripts.operate.conftest import PREFIX, SHARD, bury, bury_batch, event, waiting

Run = Callable[..., Redrive]


class FakeLambda:
    """Runs the functions' own batch handling; keeps each event once by its id, as the services behind them do."""

    def __init__(self, deployment: Deployment) -> None:
        self.events: dict[str, Event] = {}
        self.failing: set[str] = set()  # user ids whose events fail for now
        self.refusing: set[str] = set()  # user ids whose events the service refuses
        self.error: str | None = None
        self._letters = DeadLetterQueue(
            boto3.client("sqs"), deployment.name("dead-letter-queues/put_events"), "put-events"
        )

    def invoke(self, FunctionName: str, Qualifier: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        """Lambda's synchronous invocation."""
        assert (FunctionName, Qualifier) == ("put-events", "live")
        if self.error:
            return {"FunctionError": self.error, "Payload": io.BytesIO(b'{"errorMessage": "no"}')}
        answer = process_batch(json.loads(Payload), EventTypes(), self._deliver, self._letters, "EventsAccepted")
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def _deliver(self, events: list[Event]) -> DeliveryResult:
        outcome = DeliveryResult()
        for one in events:
            if one.user_id in self.failing:
                outcome.add_failed([one])
            elif one.user_id in self.refusing:
                outcome.refused[one.position] = "PutEvents: InvalidInputException"
            else:
                self.events.setdefault(one.event_id, one)
        return outcome


@pytest.fixture
def function(deployment: Deployment) -> FakeLambda:
    """The function put_events."""
    return FakeLambda(deployment)


@pytest.fixture
def run(deployment: Deployment, function: FakeLambda) -> Run:
    """One redrive of the queue of put_events."""

    def one(repaired: Mapping[tuple[str, str], bytes] | None = None) -> Redrive:
        queue = Queue(boto3.client("sqs"), deployment.name("dead-letter-queues/put_events"), 900)
        consumer = Consumer(function, "put-events")
        redrive = Redrive(queue, consumer, boto3.client("kinesis"), EventTypes(), repaired or {})
        with running("redriving") as progress:
            redrive.run(progress)
        return redrive

    return one


def test_given_letters_that_the_parser_takes_now_then_they_are_sent_in_order_and_removed(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {number: event(str(number)) for number in (12, 3, 7)})
    assert run().tally.sent == 3
    assert [one.user_id for one in function.events.values()] == ["3", "7", "12"]
    assert waiting(deployment, "put_events") == 0


def test_given_letters_that_are_still_wrong_then_they_stay_and_are_not_sent(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {1: b"{not json"})
    bury(deployment, "put_events", {2: event("2")})
    tally = run().tally
    assert (tally.sent, tally.kept) == (1, {"still wrong": 1})
    assert waiting(deployment, "put_events") == 1


def test_given_repaired_bytes_then_they_are_sent_at_the_records_old_place(
    deployment: Deployment, function: FakeLambda, run: Run, tmp_path: Path
) -> None:
    bury(deployment, "put_events", {1: b"{not json"})
    file = tmp_path / "letters.jsonl"
    line = {"shardId": SHARD, "sequenceNumber": "1", "functions": ["put_events"], "data": event("9").decode()}
    file.write_text(json.dumps(line), encoding="utf-8")
    assert run(read_repaired(file)).tally.sent == 1
    assert {one.user_id for one in function.events.values()} == {"9"}
    assert list(function.events) == [f"{SHARD}:{'1':0>56}"]


def test_given_a_letter_that_comes_twice_when_redriven_twice_then_the_event_is_kept_once(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {1: event("1")})
    run()
    bury(deployment, "put_events", {1: event("1")})  # as if the first redrive had been killed before it removed it
    run()
    assert len(function.events) == 1
    assert waiting(deployment, "put_events") == 0


def test_given_events_that_fail_for_now_then_they_stay_and_those_behind_them_too(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {number: event(str(number)) for number in range(1, 4)})
    function.failing = {"2"}
    assert run().tally.kept == {"failed, may be tried again": 2}
    assert waiting(deployment, "put_events") == 2
    function.failing = set()
    assert run().tally.sent == 2
    assert len(function.events) == 3


def test_given_an_event_that_the_service_refuses_again_then_the_redrive_ends_and_it_waits_again(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {1: event("1")})
    function.refusing = {"1"}
    run()
    assert waiting(deployment, "put_events") == 1


def test_given_a_function_that_breaks_then_nothing_is_removed(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {1: event("1")})
    function.error = "Unhandled"
    assert run().tally.kept == {"failed, may be tried again": 1}
    assert waiting(deployment, "put_events") == 1


def test_given_a_batch_given_up_then_its_records_are_read_from_the_stream_and_sent(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    kinesis = boto3.client("kinesis")
    numbers = [
        kinesis.put_record(StreamName=f"{PREFIX}-events", Data=event(str(user)), PartitionKey="k")["SequenceNumber"]
        for user in range(6)
    ]
    bury_batch(deployment, "put_events", numbers[1], numbers[4], 4)
    assert run().tally.sent == 4
    assert [one.user_id for one in function.events.values()] == ["1", "2", "3", "4"]
    assert waiting(deployment, "put_events") == 0


def test_given_a_batch_that_left_the_stream_then_its_letter_stays(deployment: Deployment, run: Run) -> None:
    bury_batch(deployment, "put_events", "900", "910", 11)
    assert run().tally.kept == {"no longer in the stream": 11}
    assert waiting(deployment, "put_events") == 1


def test_given_many_letters_then_they_are_sent_a_hundred_at_a_time(
    deployment: Deployment, function: FakeLambda, run: Run
) -> None:
    bury(deployment, "put_events", {number: event(str(number)) for number in range(105)})
    assert run().tally.sent == 105
    assert waiting(deployment, "put_events") == 0


def test_given_letters_that_stay_then_the_commands_that_repair_them_name_the_environment(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    for function in ("put_events", "record_history"):
        deployment.names[f"functions/{function}"] = f"{function}:live"
    deployment.names["event-types"] = '["DetailView"]'
    bury(deployment, "put_events", {1: b"nonsense"})
    redrive(deployment, {})
    printed = capsys.readouterr().out
    assert "make dead-letters ENV=test ARGS='--export FILE'" in printed
    assert "make redrive ENV=test ARGS='--repaired FILE'" in printed


def test_given_a_file_that_is_no_export_then_its_lines_are_named(tmp_path: Path) -> None:
    file = tmp_path / "letters.jsonl"
    good = {"shardId": SHARD, "sequenceNumber": "1", "dataBase64": base64.b64encode(b"x").decode()}
    file.write_text(f'{json.dumps(good)}\n{{"data": "x"}}\nnonsense\n', encoding="utf-8")
    with pytest.raises(TaskError, match=r"line 2: KeyError(?s:.*)line 3: JSONDecodeError"):
        read_repaired(file)
