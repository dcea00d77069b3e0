"""The visitor's events on their way from the stream to the tracker, the history and the raw store."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scripts.common.findings import Finding, State, run_check
from scripts.common.terminal import Progress, plural
from scripts.operate.delivery import delivery_seconds
from scripts.operate.deployment import CONSUMERS, Deployment
from scripts.operate.smoke.functions import invoke, read_metric
from scripts.operate.smoke.visitor import EVENTS, Visit

if TYPE_CHECKING:
    from types_boto3_lambda.type_defs import EventSourceMappingConfigurationTypeDef

CONSUMED_SECONDS = 60.0  # a consumer that is not behind takes an event within seconds; its log needs some more
LONGEST_DELIVERY = 120.0  # so that the test ends in a minute or two
_SLACK = 30.0
_PAUSE = 0.5
_CHANGING = ("Creating", "Enabling", "Updating")


def check_mappings(deployment: Deployment) -> Iterator[Finding]:
    """Find out whether Lambda reads the stream for each consumer."""
    for name in CONSUMERS:
        function, stream = deployment.name(f"functions/{name}"), deployment.name("stream-name")
        listed = deployment.aws.client("lambda").list_event_source_mappings(FunctionName=function)
        ours = [one for one in listed["EventSourceMappings"] if one["EventSourceArn"].endswith(f"/{stream}")]
        yield _describe_mapping(f"{name} mapping", ours, f"make apply ENV={deployment.environment}")


def _describe_mapping(subject: str, mappings: Sequence[EventSourceMappingConfigurationTypeDef], remedy: str) -> Finding:
    if not mappings:
        return Finding(subject, State.FAILED, "there is none: the function does not read the stream", remedy)
    state, result = mappings[0]["State"], mappings[0].get("LastProcessingResult") or "none yet"
    detail = f"{state}; result of the last batch: {result}"
    if result.startswith("PROBLEM"):
        return Finding(subject, State.FAILED, detail, "look into the log of the function")
    if state in _CHANGING:
        return Finding(subject, State.NOTE, detail, "wait a minute, and run this again")
    return Finding(subject, State.OK if state == "Enabled" else State.FAILED, detail, remedy)


@dataclass(frozen=True)
class Expectation:
    """Something that must be seen within some seconds. `look` returns what it sees in words, or an empty text."""

    subject: str
    seconds: float
    look: Callable[[], str]
    remedy: str


def expect(visit: Visit, wait_for_raw: bool) -> tuple[list[Expectation], list[Finding]]:
    """Return where the events of the visit must be seen, and a note on what is not waited for."""
    sent = datetime.fromtimestamp(min(record.arrival for record in visit.records), UTC)
    environment = visit.deployment.environment
    expected = [
        Expectation(
            "events to tracker",
            CONSUMED_SECONDS,
            lambda: _look_at_tracker(visit, sent),
            "see `put_events mapping` above, and the log of put_events",
        ),
        Expectation(
            "events to history",
            CONSUMED_SECONDS,
            lambda: _look_at_history(visit),
            "see `record_history mapping` above, and the log of record_history",
        ),
    ]
    seconds = delivery_seconds(visit.deployment)
    if seconds > LONGEST_DELIVERY and not wait_for_raw:
        return expected, [_not_waited(seconds, environment)]
    remedy = "docs/operations.md, `Raw events late`, says where to look"
    raw = Expectation("events to raw store", seconds + _SLACK, lambda: _look_at_raw(visit, sent, seconds), remedy)
    return [*expected, raw], []


def _not_waited(seconds: float, environment: str) -> Finding:
    return Finding(
        "events to raw store",
        State.NOTE,
        f"not seen: Firehose writes them within {seconds:,.0f} s (firehose.buffering_seconds), and this test did not "
        "wait for that. The alarm raw-events-late watches it",
        f"make smoke ENV={environment} ARGS=--wait-for-raw-events",
    )


def wait(
    expected: Sequence[Expectation],
    progress: Progress,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> list[Finding]:
    """Wait until everything expected is seen or late; return the findings in the order of `expected`."""
    began, found = clock(), dict[str, Finding]()
    while len(found) < len(expected):
        open_ones = [one for one in expected if one.subject not in found]
        for one in open_ones:
            seconds = clock() - began
            for finding in run_check(one.subject, lambda one=one, seconds=seconds: _look(one, seconds)):  # type: ignore[misc]
                found[one.subject] = finding
        progress.update(", ".join(one.subject for one in open_ones))
        if len(found) < len(expected):
            sleep(_PAUSE)
    return [found[one.subject] for one in expected]


def _look(expectation: Expectation, seconds: float) -> Iterator[Finding]:
    """Yield what is seen, or that it is late; nothing while there is time left."""
    if seen := expectation.look():
        yield Finding(expectation.subject, State.OK, f"{seen}, after {seconds:,.0f} s")
    elif seconds > expectation.seconds:
        yield Finding(
            expectation.subject, State.FAILED, f"not seen within {expectation.seconds:,.0f} s", expectation.remedy
        )


def _look_at_tracker(visit: Visit, sent: datetime) -> str:
    """Sum up what put_events has delivered since then. Its metrics are lines of its log, and name no visitor."""
    function = visit.deployment.name("functions/put_events").partition(":")[0]
    pages = (
        visit.deployment.aws.client("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=f"/aws/lambda/{function}",
            startTime=int(sent.timestamp() * 1000),
            filterPattern='"EventsAccepted"',
        )
    )
    accepted = 0.0
    for page in pages:
        accepted += read_metric((event["message"] for event in page["events"]), "EventsAccepted") or 0
        if accepted >= EVENTS:
            return f"put_events read {plural(accepted, 'event')} (of all visitors), and Personalize accepted them"
    return ""


def _look_at_history(visit: Visit) -> str:
    answer, _ = invoke(visit.deployment, "get_history", {"userId": visit.user})
    events = len(answer["events"])
    return f"get_history has {plural(events, 'event')} of {EVENTS}" if events >= EVENTS else ""


def _look_at_raw(visit: Visit, sent: datetime, seconds: float) -> str:
    """Count the visitor's lines in the objects that were written since then."""
    s3, bucket = visit.deployment.aws.client("s3"), visit.deployment.name("raw-bucket")
    lines = 0
    for prefix in _hours(sent - timedelta(seconds=seconds), datetime.now(UTC)):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            # S3 has no fractions of seconds.
            new = [one for one in page.get("Contents", []) if one["LastModified"] >= sent.replace(microsecond=0)]
            for one in new:
                body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
                lines += sum(_is_line_of(visit.user, line) for line in gzip.decompress(body).splitlines())
    return f"{plural(lines, 'line')} of {EVENTS} in new objects" if lines >= EVENTS else ""


def _hours(first: datetime, last: datetime) -> Iterator[str]:
    """Yield the prefixes of the hours; an object is under the hour of its oldest record (modules/ingestion)."""
    hour = first.replace(minute=0, second=0, microsecond=0)
    while hour <= last:
        yield f"events/{hour:year=%Y/month=%m/day=%d/hour=%H}/"
        hour += timedelta(hours=1)


def _is_line_of(user: str, line: bytes) -> bool:
    return user.encode() in line and json.loads(line).get("userId") == user
