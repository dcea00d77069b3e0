"""Event source mappings of Kinesis streams: a poller for each shard and parallel lane of each mapping."""

import json
import threading
import time
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import EventSourceMapping, LambdaFunction, lambda_backends
from moto.awslambda.utils import get_backend
from moto.kinesis.models import Shard

from local_aws.awslambda.event_filters import passes, patterns
from local_aws.awslambda.event_source_batches import BatchProcessor, Discarded, RetryPolicy, event
from local_aws.awslambda.execution_role import acting
from local_aws.awslambda.model import NotRunError, Outcome
from local_aws.awslambda.moto_adapter import new_invocation, read_function
from local_aws.awslambda.runtime import LambdaRuntime
from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery, UndeliverableError
from local_aws.iam.actors import Actor
from local_aws.iam.authorization import Guard
from local_aws.kinesis.shards import POLL_SECONDS, StreamRecord, find_stream, read, shards, starting_sequence
from local_aws.kms.key_usage import Use
from local_aws.trouble import report

# Lambda hands a function at most 6 MB; a record's envelope in the event takes some 500 bytes.
_MOST_BYTES = 6 * 1024 * 1024 - 10_000
_ENVELOPE_BYTES = 520

# A lane: mapping, shard, number of the lane, lanes in all.
_LaneKey = tuple[str, str, int, int]


class MappingPollers:
    """Keeps a poller running for every lane of every enabled mapping."""

    def __init__(self, runtime: LambdaRuntime, delivery: Delivery, guard: Guard) -> None:
        self._runtime = runtime
        self._guard = guard
        self._delivery = delivery
        self._closing = threading.Event()
        self._lanes: dict[_LaneKey, Lane] = {}
        # Where each lane of a shard stands; kept while a mapping is disabled.
        self._positions: dict[_LaneKey, int] = {}
        self._thread = threading.Thread(target=self._supervise, daemon=True, name="mappings")
        self._thread.start()

    def close(self) -> None:
        """Stop every poller."""
        self._closing.set()
        for lane in self._lanes.values():
            lane.stopping.set()
        self._thread.join(timeout=2)

    def standings(self) -> list[dict[str, Any]]:
        """Tell of each lane how far it is and how far behind its shard."""
        return [lane.standing() for lane in list(self._lanes.values())]

    def _supervise(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            try:
                self._match(_wanted())
            except RuntimeError:
                # moto's dicts changed while being walked; the next round sees them whole.
                continue

    def _match(self, wanted: dict[_LaneKey, tuple[EventSourceMapping, Shard]]) -> None:
        for key in [key for key in self._lanes if key not in wanted]:
            lane = self._lanes.pop(key)
            lane.stopping.set()
            self._positions[key] = lane.position
        for key, (mapping, shard) in wanted.items():
            if key not in self._lanes:
                position = self._start(key, mapping, shard)
                self._lanes[key] = Lane(mapping, shard, key[2:], position, self._runtime, self._delivery, self._guard)
        known = {mapping_id for backend in _backends() for mapping_id in list(backend._event_source_mappings)}
        for key in [key for key in self._positions if key[0] not in known]:
            del self._positions[key]

    def _start(self, key: _LaneKey, mapping: EventSourceMapping, shard: Shard) -> int:
        """Continue where this lane stopped; after a change of lanes, where the slowest of the shard's lanes stood."""
        if key in self._positions:
            return self._positions[key]
        earlier = [place for known, place in self._positions.items() if known[:2] == key[:2]]
        if earlier:
            return min(earlier)
        moment = float(mapping.starting_position_timestamp or getattr(mapping, "created_at", time.time()))
        return starting_sequence(shard, mapping.starting_position, moment)


class Lane:
    """Polls one shard for one mapping, for the share of partition keys that is its own."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        shard: Shard,
        share: tuple[int, int],
        position: int,
        runtime: LambdaRuntime,
        delivery: Delivery,
        guard: Guard,
    ) -> None:
        self._guard = guard
        self.position = position
        self.stopping = threading.Event()
        self._mapping = mapping
        self._shard = shard
        self._number, self._lanes = share
        self._found = False
        self._runtime = runtime
        self._delivery = delivery
        self._processor = BatchProcessor(self._invoke, self._discard, self.stopping.wait, time.time)
        threading.Thread(target=self._poll, daemon=True, name=f"lane-{mapping.uuid[:8]}-{shard.shard_id}").start()

    def standing(self) -> dict[str, Any]:
        """Tell how far this lane is: `behind` in records, `ageSeconds` of the oldest record that is not done."""
        position = self.position
        oldest = read(self._shard, position, 1)
        return {
            "function": self._mapping.function_arn,
            "shardId": self._shard.shard_id,
            "lane": self._number,
            "position": position,
            "behind": len(self._shard.records) - position,
            "ageSeconds": round(time.time() - oldest[0].arrival, 3) if oldest else 0.0,
        }

    def _poll(self) -> None:
        while not self.stopping.is_set():
            try:
                self._may_find()
                batch, end = self._gather()
                if self.stopping.is_set():
                    return
                done = self._processor.process(batch, _policy(self._mapping)) if batch else end
                if done is None:
                    return
                self.position = end
            except Exception as error:
                report(f"event source mapping {self._mapping.uuid}, {self._shard.shard_id}", error)
                self.stopping.wait(1)

    def _gather(self) -> tuple[list[StreamRecord], int]:
        """Wait for a full batch or the end of the batching window; returns it and the last sequence number seen."""
        mapping, batch, size, end = self._mapping, [], 0, self.position
        compiled, limit = patterns(mapping.filter_criteria), mapping.batch_size * self._lanes
        deadline: float | None = None
        while not self.stopping.is_set():
            self._may("GetRecords")
            records = read(self._shard, end, limit)
            for record in records:
                if self._is_mine(record) and passes(record, compiled):
                    size += len(record.data) + len(record.partition_key) + _ENVELOPE_BYTES
                    if batch and (len(batch) >= mapping.batch_size or size > _MOST_BYTES):
                        return batch, end
                    batch.append(record)
                    deadline = deadline or time.monotonic() + (mapping.max_batch_window or 0)
                end = record.sequence
            if len(batch) >= mapping.batch_size or (deadline and time.monotonic() >= deadline):
                return batch, end
            if not batch and end > self.position:
                return [], end
            if len(records) < limit:
                self.stopping.wait(POLL_SECONDS)
        return [], self.position

    def _is_mine(self, record: StreamRecord) -> bool:
        return self._lanes == 1 or zlib.crc32(record.partition_key.encode()) % self._lanes == self._number

    def _may_find(self) -> None:
        if not self._found:
            self._may("DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator")
            self._found = True

    def _may(self, *actions: str) -> None:
        """Return when the function's role may read the stream and use its key; raises RefusedError."""
        uses = [Use(f"kinesis:{action}", self._mapping.event_source_arn) for action in actions]
        self._guard.act(self._actor(), self._mapping.region, *uses)

    def _actor(self) -> Actor:
        return acting(read_function(self._function()))

    def _function(self) -> LambdaFunction:
        return get_backend(self._mapping.account_id, self._mapping.region).get_function(self._mapping.function_arn)

    def _invoke(self, records: Sequence[StreamRecord]) -> Outcome | None:
        try:
            configured = self._function()
            function = read_function(configured)
            payload = event(records, self._mapping.event_source_arn, self._mapping.region, function.role)
            invocation = new_invocation(json.dumps(payload).encode(), self._mapping.function_arn)
            outcome = self._runtime.invoke(function, invocation)
        except (NotRunError, UnknownFunctionException):
            return None
        self._measure(function.name, records[-1])
        return outcome

    def _measure(self, function: str, last: StreamRecord) -> None:
        age = max(0.0, (time.time() - last.arrival) * 1000)
        metric = {"MetricName": "IteratorAge", "Value": age, "Unit": "Milliseconds"}
        dimensions = [{"Name": "FunctionName", "Value": function}]
        account, region = self._mapping.account_id, self._mapping.region
        put_metrics(account, region, "AWS/Lambda", [{**metric, "Dimensions": dimensions}])

    def _discard(self, given_up: Discarded) -> None:
        destination = ((self._mapping.destination_config or {}).get("OnFailure") or {}).get("Destination")
        if not destination:
            return
        body = json.dumps(failure_record(given_up, self._mapping.function_arn, self._mapping.event_source_arn))
        try:
            self._delivery.send(destination, body, actor=self._actor())
        except (ClientError, BotoCoreError, UndeliverableError) as error:
            # As on AWS: a destination that refuses does not hold up the shard.
            report(f"event source mapping {self._mapping.uuid}: on-failure destination {destination}", error)


def failure_record(given_up: Discarded, function_arn: str, stream_arn: str) -> dict[str, Any]:
    """Return the message for the on-failure destination ("Retain discarded records", Lambda developer guide)."""
    first, last, outcome = given_up.records[0], given_up.records[-1], given_up.outcome
    response = {"statusCode": 200, "executedVersion": outcome.version} if outcome else {}
    if outcome and outcome.error:
        response["functionError"] = outcome.error
    return {
        "requestContext": {
            "requestId": new_invocation(b"", "").request_id,
            "functionArn": function_arn,
            "condition": given_up.reason,
            "approximateInvokeCount": given_up.attempts,
        },
        "responseContext": response,
        "version": "1.0",
        "timestamp": _iso(time.time()),
        "KinesisBatchInfo": {
            "shardId": first.shard_id,
            "startSequenceNumber": str(first.sequence),
            "endSequenceNumber": str(last.sequence),
            "approximateArrivalOfFirstRecord": _iso(first.arrival),
            "approximateArrivalOfLastRecord": _iso(last.arrival),
            "batchSize": len(given_up.records),
            "streamArn": stream_arn,
        },
    }


def _policy(mapping: EventSourceMapping) -> RetryPolicy:
    retries, age = mapping.max_retry_attempts, mapping.max_record_age
    return RetryPolicy(
        retries=None if retries in (None, -1) else int(retries),
        age_seconds=None if age in (None, -1) else float(age),
        bisect=bool(mapping.bisect_on_error),
        partial="ReportBatchItemFailures" in (mapping.function_response_types or []),
    )


def _backends() -> list[Any]:
    return [backend for account in list(lambda_backends.values()) for backend in list(account.values())]


def _wanted() -> dict[_LaneKey, tuple[EventSourceMapping, Shard]]:
    wanted = {}
    for backend in _backends():
        for mapping in list(backend._event_source_mappings.values()):
            stream = find_stream(mapping.event_source_arn) if ":kinesis:" in mapping.event_source_arn else None
            if not mapping.enabled or stream is None:
                continue
            lanes = mapping.parallelization_factor or 1
            for shard in shards(stream):
                for number in range(lanes):
                    wanted[(mapping.uuid, shard.shard_id, number, lanes)] = (mapping, shard)
    return wanted


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
