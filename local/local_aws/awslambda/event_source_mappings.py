"""Event source mappings of Kinesis streams: a poller for each lane of each shard of each mapping.

A lane is one of the concurrent batches of a shard (ParallelizationFactor); partition keys are divided among the lanes.
"""

import json
import logging
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

from local_aws.awslambda.event_filters import compile_patterns, matches
from local_aws.awslambda.event_source_batches import BatchProcessor, DiscardedBatch, RetryPolicy, kinesis_event
from local_aws.awslambda.execution_role import lambda_actor
from local_aws.awslambda.model import NotInvokedError, Outcome
from local_aws.awslambda.moto_adapter import new_invocation, read_function
from local_aws.awslambda.runtime import LambdaRuntime
from local_aws.cloudwatch.metrics import put_metrics
from local_aws.delivery import Delivery, UndeliverableError
from local_aws.iam.actors import Actor
from local_aws.iam.authorization import Authorizer
from local_aws.iam.permission import Permission
from local_aws.kinesis.retention import add_consumers, remove_consumers
from local_aws.kinesis.shards import (
    POLL_SECONDS,
    StreamRecord,
    count_after,
    find_stream,
    read_records,
    shards,
    starting_sequence,
)

_log = logging.getLogger(__name__)

# A function gets at most 6 MB; a record's envelope in the event takes some 500 bytes.
_MAXIMUM_BYTES = 6 * 1024 * 1024 - 10_000
_ENVELOPE_BYTES = 520

# A lane: mapping, shard, number of the lane, number of lanes.
_LaneKey = tuple[str, str, int, int]


class EventSourceMappingPollers:
    """Keeps a poller running for every lane of every enabled mapping."""

    def __init__(self, runtime: LambdaRuntime, delivery: Delivery, authorizer: Authorizer) -> None:
        self._runtime = runtime
        self._authorizer = authorizer
        self._delivery = delivery
        self._closing = threading.Event()
        self._lanes: dict[_LaneKey, LanePoller] = {}
        # Kept while a mapping is disabled, for their positions.
        self._stopped: dict[_LaneKey, LanePoller] = {}
        add_consumers(self.positions)
        self._thread = threading.Thread(target=self._supervise, daemon=True, name="mappings")
        self._thread.start()

    def close(self) -> None:
        """Stop every poller."""
        remove_consumers(self.positions)
        self._closing.set()
        for lane in self._lanes.values():
            lane.stopping.set()
        self._thread.join(timeout=2)

    def progress(self) -> list[dict[str, Any]]:
        """Return for each lane its position and how far it is behind its shard."""
        return [lane.progress() for lane in list(self._lanes.values())]

    def positions(self, shard: Shard) -> list[int]:
        """Return how far each lane, running or stopped, has read a shard."""
        lanes = [*self._lanes.copy().values(), *self._stopped.copy().values()]
        return [lane.position for lane in lanes if lane.shard is shard]

    def _supervise(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            try:
                self._start_and_stop(_wanted_lanes())
            except RuntimeError:
                # moto's dicts changed during the iteration; the next round reads them again.
                continue

    def _start_and_stop(self, wanted: dict[_LaneKey, tuple[EventSourceMapping, Shard]]) -> None:
        for key in [key for key in self._lanes if key not in wanted]:
            self._stopped[key] = self._lanes[key]
            self._lanes.pop(key).stopping.set()
        new = {key: self._starting_position(key, *wanted[key]) for key in wanted if key not in self._lanes}
        for key, position in new.items():
            mapping, shard = wanted[key]
            self._lanes[key] = LanePoller(
                mapping, shard, key[2:], position, self._runtime, self._delivery, self._authorizer
            )
        known = {mapping_id for backend in _backends() for mapping_id in list(backend._event_source_mappings)}
        continued = {key[:2] for key in new}
        for key in [key for key in self._stopped if key[0] not in known or key[:2] in continued]:
            del self._stopped[key]

    def _starting_position(self, key: _LaneKey, mapping: EventSourceMapping, shard: Shard) -> int:
        """Return where this lane stopped; after a change of the number of lanes, where the slowest lane stopped."""
        if key in self._stopped:
            return self._stopped[key].position
        earlier = [lane.position for stopped, lane in self._stopped.items() if stopped[:2] == key[:2]]
        if earlier:
            return min(earlier)
        created: Any = getattr(mapping, "created_at", time.time())
        moment = float(mapping.starting_position_timestamp or created)
        return starting_sequence(shard, mapping.starting_position, moment)


class LanePoller:
    """Polls one shard for one mapping, for the partition keys of one lane."""

    def __init__(
        self,
        mapping: EventSourceMapping,
        shard: Shard,
        share: tuple[int, int],
        position: int,
        runtime: LambdaRuntime,
        delivery: Delivery,
        authorizer: Authorizer,
    ) -> None:
        self._authorizer = authorizer
        self.position = position
        self.stopping = threading.Event()
        self._mapping = mapping
        self.shard = shard
        self._number, self._lanes = share
        self._may_describe = False
        self._runtime = runtime
        self._delivery = delivery
        self._processor = BatchProcessor(self._invoke, self._discard, self.stopping.wait, time.time)
        threading.Thread(target=self._poll, daemon=True, name=f"lane-{mapping.uuid[:8]}-{shard.shard_id}").start()

    def progress(self) -> dict[str, Any]:
        """Return the position: `behind` in records, `ageSeconds` of the oldest record that is not processed."""
        position = self.position
        oldest = read_records(self.shard, position, 1)
        return {
            "function": self._mapping.function_arn,
            "shardId": self.shard.shard_id,
            "lane": self._number,
            "position": position,
            "behind": count_after(self.shard, position),
            "ageSeconds": round(time.time() - oldest[0].arrival, 3) if oldest else 0.0,
        }

    def _poll(self) -> None:
        while not self.stopping.is_set():
            try:
                self._require_describe()
                batch, end = self._gather()
                if self.stopping.is_set():
                    return
                done = self._processor.process(batch, _policy(self._mapping)) if batch else end
                if done is None:
                    return
                self.position = end
            except Exception:
                _log.exception("event source mapping %s, %s", self._mapping.uuid, self.shard.shard_id)
                self.stopping.wait(1)

    def _gather(self) -> tuple[list[StreamRecord], int]:
        """Wait for a full batch or the end of the batching window, and return it and the last sequence number read."""
        mapping, size, end = self._mapping, 0, self.position
        patterns, limit = compile_patterns(mapping.filter_criteria), mapping.batch_size * self._lanes
        batch: list[StreamRecord] = []
        deadline: float | None = None
        while not self.stopping.is_set():
            self._require_access("GetRecords")
            records = read_records(self.shard, end, limit)
            for record in records:
                if self._is_in_lane(record) and matches(record, patterns):
                    size += len(record.data) + len(record.partition_key) + _ENVELOPE_BYTES
                    if batch and (len(batch) >= mapping.batch_size or size > _MAXIMUM_BYTES):
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

    def _is_in_lane(self, record: StreamRecord) -> bool:
        return self._lanes == 1 or zlib.crc32(record.partition_key.encode()) % self._lanes == self._number

    def _require_describe(self) -> None:
        """Check once the permissions that are needed before records can be read."""
        if not self._may_describe:
            self._require_access("DescribeStream", "DescribeStreamSummary", "ListShards", "GetShardIterator")
            self._may_describe = True

    def _require_access(self, *actions: str) -> None:
        """Return if the function's role may read the stream and use its key, or raise AccessDeniedError."""
        permissions = [Permission(f"kinesis:{action}", self._mapping.event_source_arn) for action in actions]
        self._authorizer.require_with_keys(self._actor(), self._mapping.region, *permissions)

    def _actor(self) -> Actor:
        return lambda_actor(read_function(self._function()))

    def _function(self) -> LambdaFunction:
        return get_backend(self._mapping.account_id, self._mapping.region).get_function(self._mapping.function_arn)

    def _invoke(self, records: Sequence[StreamRecord]) -> Outcome | None:
        try:
            configured = self._function()
            function = read_function(configured)
            payload = kinesis_event(records, self._mapping.event_source_arn, self._mapping.region, function.role)
            invocation = new_invocation(json.dumps(payload).encode(), self._mapping.function_arn)
            outcome = self._runtime.invoke(function, invocation)
        except (NotInvokedError, UnknownFunctionException):
            return None
        self._record_age(function.name, records[-1])
        return outcome

    def _record_age(self, function: str, last: StreamRecord) -> None:
        age = max(0.0, (time.time() - last.arrival) * 1000)
        metric = {"MetricName": "IteratorAge", "Value": age, "Unit": "Milliseconds"}
        dimensions = [{"Name": "FunctionName", "Value": function}]
        account, region = self._mapping.account_id, self._mapping.region
        put_metrics(account, region, "AWS/Lambda", [{**metric, "Dimensions": dimensions}])

    def _discard(self, discarded: DiscardedBatch) -> None:
        destination = ((self._mapping.destination_config or {}).get("OnFailure") or {}).get("Destination")
        if not destination:
            return
        body = json.dumps(failure_record(discarded, self._mapping.function_arn, self._mapping.event_source_arn))
        try:
            self._delivery.send(destination, body, actor=self._actor())
        except (ClientError, BotoCoreError, UndeliverableError):
            # As on AWS: a destination that rejects the record does not block the shard.
            _log.exception("event source mapping %s: on-failure destination %s", self._mapping.uuid, destination)


def failure_record(discarded: DiscardedBatch, function_arn: str, stream_arn: str) -> dict[str, Any]:
    """Return the message for the on-failure destination ("Retain discarded records", Lambda developer guide)."""
    first, last, outcome = discarded.records[0], discarded.records[-1], discarded.outcome
    response = {"statusCode": 200, "executedVersion": outcome.version} if outcome else {}
    if outcome and outcome.error:
        response["functionError"] = outcome.error
    return {
        "requestContext": {
            "requestId": new_invocation(b"", "").request_id,
            "functionArn": function_arn,
            "condition": discarded.reason,
            "approximateInvokeCount": discarded.attempts,
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
            "batchSize": len(discarded.records),
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


def _wanted_lanes() -> dict[_LaneKey, tuple[EventSourceMapping, Shard]]:
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
