"""Both files reach the bucket, with times that end now; bad ones do not."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from scripts.common.task import TaskError
from scripts.provision.upload_seed import MARGIN, upload

SEED = Path(__file__).resolve().parents[4] / "seed"
NOW = 1_800_000_000


class FakeBucket:
    """Keeps what is put."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803
        """Stores an object."""
        self.objects[Key] = Body

    def rows(self, key: str) -> list[dict[str, str]]:
        """The stored CSV."""
        return list(csv.DictReader(io.StringIO(self.objects[key].decode())))


def original(name: str) -> list[dict[str, str]]:
    """The committed CSV."""
    return list(csv.DictReader(io.StringIO((SEED / name).read_text(encoding="utf-8"))))


def test_given_no_rebase_when_uploaded_then_the_bytes_are_the_files() -> None:
    bucket = FakeBucket()
    upload(bucket, "seed-bucket", SEED, NOW, rebase=False)
    assert bucket.objects == {f"seed/{name}": (SEED / name).read_bytes() for name in ("items.csv", "interactions.csv")}


def test_given_rebase_when_uploaded_then_all_times_move_alike_and_the_newest_is_now() -> None:
    bucket = FakeBucket()
    upload(bucket, "seed-bucket", SEED, NOW, rebase=True)
    moved = set()
    for name, column in (("interactions.csv", "TIMESTAMP"), ("items.csv", "CREATION_TIMESTAMP")):
        pairs = zip(bucket.rows(f"seed/{name}"), original(name), strict=True)
        moved |= {int(new[column]) - int(old[column]) for new, old in pairs}
    assert len(moved) == 1
    assert max(int(row["TIMESTAMP"]) for row in bucket.rows("seed/interactions.csv")) == NOW - MARGIN


def test_given_rebase_then_nothing_but_the_times_changes() -> None:
    bucket = FakeBucket()
    upload(bucket, "seed-bucket", SEED, NOW, rebase=True)
    uploaded = [row | {"TIMESTAMP": ""} for row in bucket.rows("seed/interactions.csv")]
    assert uploaded == [row | {"TIMESTAMP": ""} for row in original("interactions.csv")]


def test_given_a_file_that_would_be_refused_then_nothing_is_uploaded_and_the_fault_named(tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_bytes((SEED / "items.csv").read_bytes())
    text = (SEED / "interactions.csv").read_text(encoding="utf-8")
    (tmp_path / "interactions.csv").write_text(text.replace("TIMESTAMP", "TIME", 1), encoding="utf-8")
    bucket = FakeBucket()
    with pytest.raises(TaskError, match=r"interactions.csv, line 1, column TIME: 'TIME' is not in the schema"):
        upload(bucket, "seed-bucket", tmp_path, NOW, rebase=True)
    assert bucket.objects == {}
