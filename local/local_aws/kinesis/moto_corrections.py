"""Kinesis: tags at creation, fast and safe shards, record sizes, and no invocation inside PutRecord."""

from base64 import b64decode
from typing import Any

from moto.core.responses import ActionResult
from moto.kinesis.exceptions import (
    InvalidArgumentError,
    RecordSizeExceedsLimit,
    TooManyRecords,
    TotalRecordsSizeExceedsLimit,
)
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.responses import KinesisResponse

from local_aws.moto_patches.patching import correction, set_method, wrap_method

_DEFAULT_KIB = 1024
_MOST_KIB_A_REQUEST = 10 * 1024


@correction
def keep_tags() -> None:
    """Keep the tags of a new stream.

    Cause: moto/kinesis/responses.py, create_stream drops Tags; the provider finds a difference in every plan.
    """

    @wrap_method(KinesisResponse, "create_stream")
    def create_stream(original: Any, self: KinesisResponse) -> Any:
        answer = original(self)
        name = self._get_param("StreamName")
        stream: Any = self.kinesis_backend.describe_stream(None, name)
        stream.max_record_kib = self._get_param("MaxRecordSizeInKiB") or _DEFAULT_KIB
        if tags := self._get_param("Tags"):
            self.kinesis_backend.add_tags_to_stream(None, name, tags)
        return answer


@correction
def leave_invocation_to_pollers() -> None:
    """Only store the record; `awslambda.event_source_mappings` polls the stream, as Lambda does.

    Cause: moto/kinesis/models.py, put_record invokes the mapped function itself, with one record, and ignores the
    mapping's batches, filters, failure handling and whether it is enabled.
    """

    @set_method(Stream)
    def put_record(self: Stream, partition_key: str, explicit_hash_key: str, data: str) -> tuple[str, str]:
        shard = self.get_shard_for_key(partition_key, explicit_hash_key)
        if shard is None:
            raise InvalidArgumentError("explicit_hash_key")
        return shard.put_record(partition_key, data, explicit_hash_key), shard.shard_id


@correction
def allow_large_records() -> None:
    """Accept records up to the stream's MaxRecordSizeInKiB (default 1,024, at most 10,240).

    Cause: moto 5.2.5 knows the former fixed limits only: 1 MiB a record (unchecked in PutRecord), 5 MiB a request.
    """

    @set_method(KinesisResponse)
    def update_max_record_size(self: KinesisResponse) -> ActionResult:
        stream: Any = self.kinesis_backend.describe_stream(self._get_param("StreamARN"), None)
        stream.max_record_kib = self._get_param("MaxRecordSizeInKiB")
        return ActionResult({})

    @wrap_method(Stream, "to_json_summary")
    def to_json_summary(original: Any, self: Stream) -> Any:
        answer = original(self)
        answer["StreamDescriptionSummary"]["MaxRecordSizeInKiB"] = _limit(self)
        return answer

    @wrap_method(KinesisBackend, "put_record")
    def put_record(
        original: Any, self: KinesisBackend, stream_arn: str, stream_name: str, key: str, hash_key: str, data: str
    ) -> Any:
        stream = self.describe_stream(stream_arn, stream_name)
        if len(b64decode(data)) + len(key) > _limit(stream) * 1024:
            raise RecordSizeExceedsLimit(position=1)
        return original(self, stream_arn, stream_name, key, hash_key, data)

    @set_method(KinesisBackend)
    def put_records(
        self: KinesisBackend, stream_arn: str, stream_name: str, records: list[dict[str, Any]]
    ) -> dict[str, Any]:
        return _put_records(self, self.describe_stream(stream_arn, stream_name), records)


def _put_records(backend: KinesisBackend, stream: Stream, records: list[dict[str, Any]]) -> dict[str, Any]:
    if len(records) > 500:
        raise TooManyRecords
    sizes = [len(b64decode(r.get("Data", ""))) + len(r.get("PartitionKey", "")) for r in records]
    if sum(sizes) > _MOST_KIB_A_REQUEST * 1024:
        raise TotalRecordsSizeExceedsLimit
    for position, size in enumerate(sizes, 1):
        if size > _limit(stream) * 1024:
            raise RecordSizeExceedsLimit(position=position)
    placed = [
        stream.put_record(record["PartitionKey"], record.get("ExplicitHashKey", ""), record["Data"])
        for record in records
    ]
    backend._send_stream_metrics(stream.stream_name, sum(sizes), len(records))
    answers = [{"SequenceNumber": number, "ShardId": shard} for number, shard in placed]
    return {"FailedRecordCount": 0, "Records": answers}


def _limit(stream: Any) -> int:
    return getattr(stream, "max_record_kib", _DEFAULT_KIB)
