"""A visitor is removed from everywhere, whoever else is there stays, and killing it anywhere only delays it."""

import json

import pytest

from scripts.common.task import TaskError
from scripts.operate.forget_user.__main__ import forget
from tests.unit.scripts.operate.forget_user.conftest import USER, Deployed, Killed, check_forgotten, contents


def test_given_a_user_when_forgotten_then_nothing_is_left_and_the_others_stay(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(deployed, USER, wait=True)
    check_forgotten(deployed)
    assert deployed.lists.read == [f"USER_ID\n{USER}\nlate\ns-77345\ns1\ns2\n"]
    assert "history items deleted" in capsys.readouterr().out


def test_given_a_user_when_forgotten_then_the_receipt_says_what_was_done_and_names_nobody(deployed: Deployed) -> None:
    forget(deployed, USER, wait=True)
    (key, (body,)), *others = [entry for entry in contents("seed-bucket").items() if "receipt" in entry[0]]
    assert not others
    receipt = json.loads(body)
    assert receipt["subject"] in key
    assert receipt["counts"]["objects rewritten"] >= 5  # one of them twice, if its other session is found later
    assert receipt["counts"]["dead letters deleted"] == 2
    assert receipt["counts"]["records deleted by Personalize"] == 2
    assert receipt["remaining"]
    assert USER not in body.decode()


def test_given_it_is_killed_after_any_write_then_the_next_runs_finish_it(deployed: Deployed) -> None:
    runs = 0
    for allowed in range(1, 60):
        deployed.aws.allowed, runs = allowed, runs + 1
        try:
            forget(deployed, USER, wait=True)
        except Killed:
            continue
        break
    assert runs > 3
    deployed.aws.allowed = float("inf")
    check_forgotten(deployed)
    assert len(deployed.deletion_jobs()) == 1


def test_given_no_wait_then_a_later_run_finishes_and_writes_the_receipt(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(deployed, USER, wait=False)
    assert not [key for key in contents("seed-bucket") if "receipt" in key]
    deployed.personalize.clock.sleep(60)
    forget(deployed, USER, wait=False)
    assert "Continuing the removal" in capsys.readouterr().out
    check_forgotten(deployed)
    assert len(deployed.deletion_jobs()) == 1


def test_given_a_deletion_job_that_fails_then_its_reason_is_named_and_the_next_run_starts_another(
    deployed: Deployed,
) -> None:
    deployed.lists.refusals = 1
    with pytest.raises(TaskError, match=r"FAILED: .*no access to the list"):
        forget(deployed, USER, wait=True)
    forget(deployed, USER, wait=True)
    assert deployed.deletion_jobs() == ["FAILED", "COMPLETED"]
    check_forgotten(deployed)
