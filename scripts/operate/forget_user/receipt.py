"""The receipt of a removal: what was done, what remains and until when. It does not name the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from scripts.operate.deployment import Deployment
from scripts.operate.forget_user.queries import find_queries
from scripts.operate.forget_user.removal import Removal


class Remains(NamedTuple):
    """Something that no command can remove, and until when it is there; dates are in UTC."""

    what: str
    until: str


def find_remains(deployment: Deployment, removal: Removal) -> list[Remains]:
    """Return what remains of the person after a complete removal."""
    remains = [
        Remains(
            "events in the stream; a redrive, or a consumer that is behind, would bring them back",
            _stream_end(deployment),
        ),
        Remains("what models learnt", f"the next training (make retrain ENV={deployment.environment})"),
    ]
    if days := _recovery_days(deployment):
        remains.append(Remains("backups of the history (point-in-time recovery)", _date(timedelta(days=days))))
    athena, workgroup = deployment.aws.client("athena"), deployment.name("athena-workgroup")
    if queries := find_queries(athena, workgroup, removal.person):
        until = max(query.until for query in queries)
        remains.append(
            Remains(f"queries in Athena's history that name the user ({len(queries):,})", f"{until:%Y-%m-%d}")
        )
    if removal.state.batches:
        what = f"given-up batches among the dead letters that point to their events ({removal.state.batches:,})"
        remains.append(Remains(what, _stream_end(deployment)))
    remains += [
        Remains(f"a text that has the short id as a word, maybe theirs: {where}", "you delete it")
        for where in sorted(removal.person.unclear)
    ]
    remains.append(Remains("copies outside AWS, such as the files of the seed and exports", "you delete them"))
    return remains


def make_receipt(deployment: Deployment, removal: Removal, remains: list[Remains]) -> dict[str, Any]:
    """Return the receipt of a complete removal."""
    return {
        "subject": removal.journal.digest,
        "environment": deployment.environment,
        "started": removal.state.started,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": removal.state.round,
        "counts": removal.state.counts,
        "deletionJobArns": removal.state.jobs,
        "remaining": [one._asdict() for one in remains],
    }


def _stream_end(deployment: Deployment) -> str:
    name = deployment.name("stream-name")
    summary = deployment.aws.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
    return _date(timedelta(hours=summary["RetentionPeriodHours"]))


def _recovery_days(deployment: Deployment) -> int:
    """Return how many days back the history table can be restored, 0 if it cannot."""
    table = deployment.name("history-table")
    described = deployment.aws.client("dynamodb").describe_continuous_backups(TableName=table)
    recovery = described["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    return recovery.get("RecoveryPeriodInDays", 35) if enabled else 0


def _date(after: timedelta) -> str:
    return f"{datetime.now(UTC) + after:%Y-%m-%d %H:%M}"
