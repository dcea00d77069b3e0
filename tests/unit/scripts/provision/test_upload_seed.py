"""Both files reach the bucket, with times that end now; bad ones do not."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from scripts.common.task import TaskError
from scripts.provision.upload_seed import MARGIN, upload

SEED = Path(__file__).resolve().parents[4] / "seed"
NOW, BUCKET = 1_800_000_000, "seed-bucket"


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data with 3,000 interactions."""
    folder = tmp_path_factory.mktemp("seed")
    shutil.copytree(SEED / "schemas", folder / "schemas")
    shutil.copy(SEED / "items.csv", folder)
    lines = (SEED / "interactions.csv").read_bytes().splitlines(keepends=True)
    (folder / "interactions.csv").write_bytes(b"".join(lines[:3_001]))
    return folder


@pytest.fixture
def s3() -> Iterator[Any]:
    """A client of an account with the bucket."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def objects(s3: Any) -> dict[str, bytes]:
    """Key -> what is stored."""
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def rows(s3: Any, name: str) -> list[dict[str, str]]:
    """The stored CSV file."""
    body = s3.get_object(Bucket=BUCKET, Key=f"seed/{name}")["Body"].read()
    return list(csv.DictReader(io.StringIO(body.decode())))


def original(seed: Path, name: str) -> list[dict[str, str]]:
    """The committed CSV."""
    return list(csv.DictReader(io.StringIO((seed / name).read_text(encoding="utf-8"))))


def test_given_no_rebase_when_uploaded_then_the_bytes_are_the_files(s3: Any, seed: Path) -> None:
    upload(s3, BUCKET, seed, NOW, rebase=False)
    assert objects(s3) == {f"seed/{name}": (seed / name).read_bytes() for name in ("items.csv", "interactions.csv")}


def test_given_rebase_when_uploaded_then_all_times_move_alike_and_the_newest_is_now(s3: Any, seed: Path) -> None:
    upload(s3, BUCKET, seed, NOW, rebase=True)
    moved = set()
    for name, column in (("interactions.csv", "TIMESTAMP"), ("items.csv", "CREATION_TIMESTAMP")):
        pairs = zip(rows(s3, name), original(seed, name), strict=True)
        moved |= {int(new[column]) - int(old[column]) for new, old in pairs}
    assert len(moved) == 1
    assert max(int(row["TIMESTAMP"]) for row in rows(s3, "interactions.csv")) == NOW - MARGIN


def test_given_rebase_then_nothing_but_the_times_changes(s3: Any, seed: Path) -> None:
    upload(s3, BUCKET, seed, NOW, rebase=True)
    uploaded = [row | {"TIMESTAMP": ""} for row in rows(s3, "interactions.csv")]
    assert uploaded == [row | {"TIMESTAMP": ""} for row in original(seed, "interactions.csv")]


def test_given_a_file_that_would_be_refused_then_nothing_is_uploaded_and_the_fault_named(
    s3: Any, seed: Path, tmp_path: Path
) -> None:
    (tmp_path / "items.csv").write_bytes((seed / "items.csv").read_bytes())
    text = (seed / "interactions.csv").read_text(encoding="utf-8")
    (tmp_path / "interactions.csv").write_text(text.replace("TIMESTAMP", "TIME", 1), encoding="utf-8")
    with pytest.raises(TaskError, match=r"interactions.csv, line 1, column TIME: 'TIME' is not in the schema"):
        upload(s3, BUCKET, tmp_path, NOW, rebase=True)
    assert objects(s3) == {}


def test_given_schemas_in_the_folder_when_uploaded_then_they_count(s3: Any, seed: Path, tmp_path: Path) -> None:
    shutil.copytree(seed / "schemas", tmp_path / "schemas")
    schema = tmp_path / "schemas" / "interactions.json"
    document = json.loads(schema.read_text(encoding="utf-8"))
    document["fields"].append({"name": "EVENT_VALUE", "type": ["null", "float"]})
    schema.write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "items.csv").write_bytes((seed / "items.csv").read_bytes())
    header, *lines = (seed / "interactions.csv").read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{header},EVENT_VALUE", *(f"{line}," for line in lines)]) + "\n"
    (tmp_path / "interactions.csv").write_text(text, encoding="utf-8")
    upload(s3, BUCKET, tmp_path, NOW, rebase=False)
    assert objects(s3)["seed/interactions.csv"] == text.encode()


def test_given_a_folder_without_schemas_and_with_an_empty_line_when_uploaded_then_the_times_move(
    s3: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("items.csv", "interactions.csv"):
        (tmp_path / name).write_bytes((SEED / name).read_bytes() + b"\n")
    upload(s3, BUCKET, tmp_path, NOW, rebase=True)
    assert max(int(row["TIMESTAMP"]) for row in rows(s3, "interactions.csv")) == NOW - MARGIN
    assert "warnings: 1 (make check-seed has them)" in capsys.readouterr().out


def test_given_columns_in_another_order_when_uploaded_then_they_have_the_schemas(
    s3: Any, seed: Path, tmp_path: Path
) -> None:
    for name in ("items.csv", "interactions.csv"):
        lines = (seed / name).read_text(encoding="utf-8").splitlines()
        turned = [",".join(reversed(line.split(","))) for line in lines]
        (tmp_path / name).write_text("\n".join(turned) + "\n", encoding="utf-8")
    upload(s3, BUCKET, tmp_path, NOW, rebase=False)
    assert objects(s3) == {f"seed/{name}": (seed / name).read_bytes() for name in ("items.csv", "interactions.csv")}
