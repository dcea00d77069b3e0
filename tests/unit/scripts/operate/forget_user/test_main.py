"""A visitor is removed from everywhere, whoever else is there stays, and killing it anywhere only delays it."""

import json
import re

import boto3
import pytest

from scripts.common.task import TaskError
from scripts.operate.forget_user.__main__ import INCOMPLETE, check_user, forget, main
from tests.unit.scripts.operate.conftest import bury, waiting
from tests.unit.scripts.operate.forget_user.conftest import USER, Deployed, Killed, check_forgotten, contents


def test_given_a_user_when_forgotten_then_nothing_is_left_and_the_others_stay(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    forget(deployed, USER, wait=True)
    check_forgotten(deployed)
    assert deployed.lists.read == [f"USER_ID\n{USER}\nsession#late\nsession#s-77345\nsession#s2\n"]
    printed = capsys.readouterr().out
    assert "history items deleted" in printed
    assert re.search(r"\b1 [a-z]+( [a-z]+)? (read|rewritten|removed|deleted)\b", printed)
    assert not re.search(r"\b1 ([a-z]+ )?[a-z]+s (read|rewritten|removed|deleted)\b", printed)


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
    assert forget(deployed, USER, wait=False) == INCOMPLETE
    assert "Not complete" in capsys.readouterr().out
    assert not [key for key in contents("seed-bucket") if "receipt" in key]
    deployed.personalize.clock.sleep(60)
    assert forget(deployed, USER, wait=True) == 0
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


@pytest.mark.parametrize(
    "user", ["-x", "--help", 'o\'neil "q"', "$HOME", "`id`", "auth0|5f7c", "a b", "José", "42", "*", " a "]
)
def test_given_an_id_with_any_characters_then_it_is_taken_as_it_is(user: str) -> None:
    assert check_user(user) == user


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ("a\nb", "line break"),
        ("a\x00b", "control character"),
        ("a\u2028b", "line break"),
        ("\ud800", "control character"),
        ("", "is empty or has only spaces"),
        (" ", "is empty or has only spaces"),
        ("a" * 257, "1 to 256 characters"),
        ("undefined", "placeholder"),
        ("session#s", "begins with session#"),
    ],
)
def test_given_an_id_that_no_event_has_then_it_is_refused_before_anything_is_asked(
    user: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--environment", "nowhere", f"--user={user}"]) == 1
    assert message in capsys.readouterr().err


def test_given_a_short_id_in_a_text_then_the_place_is_named_and_the_status_says_so(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    bury(deployed, "record_history", {9: b"what 42 did!"})
    assert forget(deployed, "42", wait=True) == INCOMPLETE
    assert "dead letters of record_history" in " ".join(capsys.readouterr().out.split())
    assert waiting(deployed, "record_history") == 1


def test_given_letters_that_another_reader_has_then_they_are_waited_for(deployed: Deployed) -> None:
    url = deployed.name("dead-letter-queues/put_events")
    boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=3600)
    assert forget(deployed, USER, wait=True) == INCOMPLETE
    assert not [key for key in contents("seed-bucket") if "receipt" in key]
