"""Repaired events, and batches that Lambda gave up, go through their function again."""

import json
from pathlib import Path

import pytest

from tests.integration.scripts.operate.conftest import System, event

pytestmark = pytest.mark.usefixtures("empty_queues")


@pytest.mark.usefixtures("shown")
def test_given_repaired_letters_when_redriven_twice_then_each_event_is_there_once(
    system: System, export: Path, bob: str
) -> None:
    lines = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    for number, line in enumerate(line for line in lines if line["reason"] == "invalid-fields"):
        line["data"] = event(bob, f"{bob}-{number}").decode()
    export.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    for _ in range(2):
        done = system.run("redrive", "--repaired", str(export))
        assert done.returncode == 0, done.stdout + done.stderr
        assert (len(system.tracked(bob)), len(set(system.history(bob)))) == (2, 2)
    assert "still wrong" in done.stdout


def test_given_a_batch_that_lambda_gave_up_then_a_redrive_brings_its_events(system: System, ann: str) -> None:
    system.local("faults", {"operations": {"PutEvents": {"errorRate": 1.0}}})
    try:
        system.put(*[event(ann, f"{ann}-1") for _ in range(15)])
        system.until(lambda: len(system.history(ann)) == 15, "the history waited for Personalize")
        system.until(
            lambda: "batch-given-up" in system.run("dead_letters").stdout, "the batch never came to the queue", 180
        )
        failing = system.run("redrive")
        assert failing.returncode == 1
        assert "redrive again" in failing.stderr
    finally:
        system.local("faults", {})
    system.until(lambda: _redriven(system, ann, 15), "a redrive does not bring all events", 180)


def _redriven(system: System, user: str, count: int) -> bool:
    assert system.run("redrive").returncode in (0, 1)
    return len(system.tracked(user)) == count
