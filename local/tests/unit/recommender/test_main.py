"""`python -m local_aws.recommender evaluate`."""

from pathlib import Path

import pytest

from local_aws.recommender.__main__ import main


def test_given_a_file_then_the_metrics_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"i{(u % 4) * 5 + (u * k) % 5},{1000 * u + k},u{u}" for u in range(60) for k in range(20)]
    path = tmp_path / "events.csv"
    path.write_text("\n".join(["ITEM_ID,TIMESTAMP,USER_ID", *rows]))
    assert main(["evaluate", str(path), "--only-ours"]) == 0
    printed = capsys.readouterr().out
    assert "1200 interactions of 60 users, 20 items" in printed
    assert "mean_reciprocal_rank_at_25" in printed
    assert "== documented" in printed
    assert "== time cut" in printed
    assert "Personalised ranking" in printed


def test_given_a_bad_file_then_the_reason_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.csv"
    path.write_text("USER_ID,ITEM_ID,TIMESTAMP\nu,i,never\n")
    assert main(["evaluate", str(path)]) == 1
    assert "line 2, column TIMESTAMP" in capsys.readouterr().err


def test_given_too_little_data_then_the_minimum_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.csv"
    path.write_text("USER_ID,ITEM_ID,TIMESTAMP\nu,i,1\n")
    assert main(["evaluate", str(path)]) == 1
    assert "needed are 1000" in capsys.readouterr().err
