"""Filter criteria of event source mappings (Lambda developer guide, "Control which events Lambda sends")."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from moto.events.models import EventPattern

from local_aws.kinesis.shards import StreamRecord

_NO_PATTERNS: tuple[EventPattern, ...] = ()


def compile_patterns(criteria: Mapping[str, Any] | None) -> tuple[EventPattern, ...]:
    """Return the compiled patterns of a FilterCriteria."""
    given = (criteria or {}).get("Filters") or []
    return tuple(EventPattern.load(one["Pattern"]) for one in given if one.get("Pattern")) or _NO_PATTERNS


def matches(record: StreamRecord, patterns: tuple[EventPattern, ...]) -> bool:
    """Whether a record matches one of the patterns; without patterns every record does.

    A record whose data is not JSON matches no pattern for the data.
    """
    if not patterns:
        return True
    try:
        data = json.loads(base64.b64decode(record.data))
    except ValueError:
        data = None
    fields: Any = {
        "partitionKey": record.partition_key,
        "sequenceNumber": str(record.sequence),
        "approximateArrivalTimestamp": record.arrival,
        "data": data,
    }
    return any(pattern.matches_event(fields) for pattern in patterns)
