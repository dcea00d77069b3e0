"""A bucket with versions in memory, and imports of the feeds in it."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from animal_recommender.pets.feeds import feed_id, read_progress, report_key
from animal_recommender.pets.pet_table import import_key
from animal_recommender.timestamps import parse_time
from import_pets.function import Settings, make_handler
from tests.unit.functions.fakes import FakeContext, error, validate
from tests.unit.functions.pets_table import FakeFunctions, FakePetsTable

BUCKET = "pets"
NOON = parse_time("2026-11-26T12:00:00Z") or 0.0


class FakeBucket:
    """GetObject of a version or the newest one, and PutObject."""

    def __init__(self) -> None:
        self.objects: dict[str, list[tuple[bytes, dict[str, str]]]] = {}

    def get_object(self, **parameters: Any) -> dict[str, Any]:
        validate("s3", "GetObject", parameters)
        versions = self.objects.get(parameters["Key"], [])
        if not versions:
            raise error("NoSuchKey", 404)
        body, metadata = versions[int(parameters.get("VersionId", len(versions))) - 1]
        return {"Body": io.BytesIO(body), "Metadata": metadata}

    def put_object(self, **parameters: Any) -> dict[str, str]:
        validate("s3", "PutObject", parameters)
        versions = self.objects.setdefault(parameters["Key"], [])
        versions.append((parameters["Body"], parameters.get("Metadata", {})))
        return {"VersionId": str(len(versions))}


@dataclass
class Catalogue:
    """A table, a bucket, and the function import_pets on them. Each upload is a minute later than the one before."""

    table: FakePetsTable = field(default_factory=FakePetsTable)
    bucket: FakeBucket = field(default_factory=FakeBucket)
    functions: FakeFunctions = field(default_factory=FakeFunctions)
    settings: Settings = field(default_factory=lambda: Settings("pets", BUCKET, "publish:live"))
    clock: float = NOON

    def upload(self, key: str, content: Any, **metadata: str) -> dict[str, Any]:
        """Put a file, and return S3's event about it."""
        body = content if isinstance(content, bytes) else encode(key, content)
        version = self.bucket.put_object(Bucket=BUCKET, Key=key, Body=body, Metadata=metadata)["VersionId"]
        self.clock += 60
        at = datetime.fromtimestamp(self.clock, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        stored = {"key": quote_plus(key, safe="/"), "versionId": version, "sequencer": version}
        return {"Records": [{"eventTime": at, "s3": {"bucket": {"name": BUCKET}, "object": stored}}]}

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Import a feed, and return its report, or its progress if there is no report."""
        handler = make_handler(
            self.settings,
            dynamodb=self.table,  # type: ignore[arg-type]
            s3=self.bucket,  # type: ignore[arg-type]
            functions=self.functions,  # type: ignore[arg-type]
        )
        handler(event, FakeContext())  # type: ignore[arg-type]
        return self.report(event)

    def report(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Return the report of a feed, or its progress."""
        stored = event["Records"][0]["s3"]["object"]
        feed = feed_id(unquote_plus(stored["key"]), stored["versionId"])
        if report_key(feed) in self.bucket.objects:
            return dict(json.loads(self.bucket.objects[report_key(feed)][-1][0]))
        return read_progress(self.table.get_item(TableName="t", Key=import_key(feed)).get("Item")) or {}

    def import_file(self, key: str, content: Any, **metadata: str) -> dict[str, Any]:
        """Put a file and import it."""
        return self.run(self.upload(key, content, **metadata))


def encode(key: str, content: Any) -> bytes:
    """Return text as it is, and a list of pets in the format that the key's suffix names."""
    if isinstance(content, str):
        return content.encode()
    if key.endswith(".jsonl"):
        return "".join(json.dumps(one) + "\n" for one in content).encode()
    return json.dumps(content).encode()


def counts(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of a report that are not 0."""
    names = ("added", "changed", "removed", "unchanged", "stale", "refused", "skipped", "repeated")
    return {name: report[name] for name in names if report.get(name)}
