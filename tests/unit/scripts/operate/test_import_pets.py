"""make import-pets: the file lies where the function finds it, and its import is shown to its end."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from animal_recommender.pets.feeds import feed_id, progress_item, report_key
from scripts.operate import import_pets
from scripts.operate.deployment import Deployment
from tests.unit.scripts.operate.test_pets import create_pets_table

BUCKET = "pets-bucket"
FEED = "0123456789abcdef"
PROGRESS = {"key": "k", "rows": 3, "pets": 3, "processed": 3, "added": 2, "unchanged": 1}
BROKEN = [{"line": 7, "id": "A-[7]", "errors": [{"field": "species", "message": "is required"}]}]


@pytest.fixture
def deployed(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    create_pets_table()
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    boto3.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setattr(import_pets, "connect", lambda environment: deployment)
    return deployment


def finish(feed: str, **progress: Any) -> None:
    """Do what the function does at the end."""
    shown = {**PROGRESS, "state": "imported", **progress}
    boto3.client("dynamodb").put_item(TableName="pets", Item=progress_item(feed, shown, 0.0))
    report = json.dumps({**shown, "broken": BROKEN}).encode()
    boto3.client("s3").put_object(Bucket=BUCKET, Key=report_key(feed), Body=report)


def run(*arguments: str) -> int:
    return import_pets.main(["--environment", "test", "--poll", "0", *arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pets.csv"
    path.write_text("id\n1\n")
    return path


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("options", "key"),
    [
        ([], "feeds/changes/pets.csv"),
        (["--complete"], "feeds/complete/pets.csv"),
        (["--complete", "--mapping=asm3", "--source=north"], "feeds/complete/asm3/north/pets.csv"),
        (["--source=/north/"], "feeds/changes/default/north/pets.csv"),
    ],
)
def test_given_a_file_then_it_is_uploaded_and_its_report_is_shown(
    file: Path, options: list[str], key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    follow = import_pets.follow

    def import_at_once(deployment: Deployment, feed: str, pause: float) -> dict[str, Any]:
        (version,) = boto3.client("s3").list_object_versions(Bucket=BUCKET, Prefix=key)["Versions"]
        assert feed == feed_id(key, version["VersionId"])
        finish(feed)
        return follow(deployment, feed, pause=pause)

    monkeypatch.setattr(import_pets, "follow", import_at_once)
    boto3.client("s3").put_object(Bucket=BUCKET, Key="mappings/asm3.json", Body=b"{}")
    assert run(*options, str(file)) == 0
    shown = capsys.readouterr().out
    for text in ("added", "A-[7]", "species", "is required", f"s3://{BUCKET}/reports/"):
        assert text in shown


@pytest.mark.usefixtures("deployed")
def test_given_a_share_then_the_object_says_so(file: Path, deployed: Deployment) -> None:
    import_pets.upload(deployed, file, "complete", 0.5)
    head = boto3.client("s3").head_object(Bucket=BUCKET, Key="feeds/complete/pets.csv")
    assert head["Metadata"] == {"maximum-removed-share": "0.5"}


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (
            {"state": "refused", "reasons": [{"field": "feed", "message": "would remove 9 of 10"}]},
            "would remove 9 of 10",
        ),
        ({"state": "stale"}, "A newer complete feed"),
    ],
)
def test_given_a_feed_that_was_not_imported_then_the_command_fails_and_says_why(
    progress: dict[str, Any], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(FEED, **progress)
    assert run(f"--follow={FEED}") == 1
    assert text in capsys.readouterr().err


@pytest.mark.usefixtures("deployed")
def test_given_rows_that_were_refused_then_the_exit_code_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    finish(FEED, rows=9, refused=2)
    assert run(f"--follow={FEED}") == 1
    shown = capsys.readouterr()
    assert "2 rows of 9 were not imported" in shown.err
    assert "A-[7]" in shown.out


@pytest.mark.usefixtures("deployed")
def test_given_removals_that_were_held_back_then_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    finish(FEED, removalsHeldBackFor=2)
    assert run(f"--follow={FEED}") == 0
    assert "2 rows" in capsys.readouterr().out


@pytest.mark.usefixtures("deployed")
def test_given_the_id_of_no_feed_then_the_command_says_so_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(f"--follow={FEED}") == 1
    assert f"no feed {FEED}" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("deployed")
def test_given_a_file_whose_import_has_not_begun_then_the_command_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = boto3.client("s3").put_object(Bucket=BUCKET, Key="feeds/changes/pets.csv", Body=b"id\n1\n")
    feed = feed_id("feeds/changes/pets.csv", stored["VersionId"])
    monkeypatch.setattr(import_pets, "_show", lambda *_: finish(feed))
    assert run(f"--follow={feed}") == 0


def test_given_an_import_that_does_not_begin_then_it_names_the_log(deployed: Deployment) -> None:
    with pytest.raises(import_pets.TaskError, match="import-pets"):
        import_pets.follow(deployed, FEED, pause=0, patience=0)


def test_given_an_import_that_fails_and_is_not_started_again_then_it_names_the_log(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(FEED, state="failed")
    monkeypatch.setitem(import_pets.STUCK_SECONDS, "failed", 0.0)
    with pytest.raises(import_pets.TaskError, match=r"failed and does not go on.*import-pets"):
        import_pets.follow(deployed, FEED, pause=0)


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(("known", "text"), [((), "it has none"), (("asm3", "ours"), "it has asm3, ours")])
def test_given_a_mapping_that_is_not_there_then_nothing_is_uploaded_and_the_others_are_named(
    file: Path, known: tuple[str, ...], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in known:
        boto3.client("s3").put_object(Bucket=BUCKET, Key=f"mappings/{name}.json", Body=b"{}")
    assert run("--mapping=shelterluv", str(file)) == 1
    assert text in " ".join(capsys.readouterr().err.split())
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="feeds/")


@pytest.mark.usefixtures("deployed")
def test_given_ctrl_c_then_it_says_that_the_import_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    finish(FEED, state="running")
    monkeypatch.setattr(import_pets, "_show", interrupt)
    assert run(f"--follow={FEED}") == 130
    assert "goes on" in capsys.readouterr().err


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(("arguments", "text"), [([], "FILE is missing"), (["pets.xlsx"], "must end with")])
def test_given_no_file_or_one_without_a_format_then_it_says_so(
    arguments: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 1
    assert text in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--poll=-1", "a number from 0 to 60"),
        ("--poll=nan", "a number from 0 to 60"),
        ("--follow=nope", "the id of a feed"),
        ("--maximum-removed-share=2", "a number from 0 to 1"),
        ("--source=/", "the name of a folder"),
        ("--source=a//b", "the name of a folder"),
        ("--source=a\x1b", "the name of a folder"),
    ],
)
def test_given_a_wrong_option_then_the_error_says_what_is_valid(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(option)
    assert text in " ".join(capsys.readouterr().err.split())
