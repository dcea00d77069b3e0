"""What `make demo` shows is true: its steps, on the system of these tests."""

from __future__ import annotations

import boto3
import pytest

from scripts.common.terminal import Progress, Steps
from scripts.demo import example_pets
from scripts.demo.__main__ import adopt, follow_a_visitor, look_around, rerank
from scripts.demo.visitor import BREED, Visitor


@pytest.mark.parametrize("latency", [0, 2], ids=["Personalize as fast as the history", "Personalize far behind"])
def test_given_a_visitor_who_browses_then_the_story_of_the_demo_is_true(system, capsys, latency):
    visitor = Visitor(
        boto3.client("kinesis"),
        boto3.client("lambda"),
        system.outputs["function_names"],
        system.outputs["stream_name"],
    )
    system.faults({"operations": {"PutEvents": {"latencySeconds": latency}}})
    try:
        follow_a_visitor(visitor, Steps(4))
        example_pets.put_example_pets(system.local, Progress("pets", "", None))
        adopted = adopt(visitor, Steps(3))
        look_around(visitor, adopted, Steps(2))
        rerank(visitor, Steps(1))
    finally:
        system.faults({"operations": {"PutEvents": {"latencySeconds": 0}}})
    told = capsys.readouterr().out
    assert "follow the views" in told
    assert BREED in told
    assert "is not there any more" in told
    assert "Other shelves" in told
