"""Inputs are read from the environment with their types, and everything that is wrong with them is said at once."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from scripts.common.task import TaskError
from scripts.provision.inputs import PollInputs, read


@dataclass(frozen=True)
class Inputs:
    name: str
    directory: Path
    count: int
    rebase: bool
    weight: float | None = None
    mode: Literal["FULL", "UPDATE"] | None = None
    parameters: dict[str, str] = field(default_factory=dict)


GIVEN = {"NAME": "it's", "DIRECTORY": "/a/St. Mary's pets", "COUNT": "3", "REBASE": "true"}


def test_given_the_required_variables_when_read_then_the_others_have_their_defaults() -> None:
    assert read(Inputs, GIVEN) == Inputs("it's", Path("/a/St. Mary's pets"), 3, True)


def test_given_all_variables_when_read_then_each_has_its_type() -> None:
    others = {"REBASE": "false", "WEIGHT": "0.3", "MODE": "UPDATE", "PARAMETERS": '{"bptt": "20"}'}
    made = read(Inputs, GIVEN | others)
    assert (made.rebase, made.weight, made.mode, made.parameters) == (False, 0.3, "UPDATE", {"bptt": "20"})


def test_given_an_empty_variable_when_read_then_it_counts_as_missing() -> None:
    assert read(Inputs, GIVEN | {"WEIGHT": "", "MODE": ""}).weight is None
    with pytest.raises(TaskError, match="COUNT is missing"):
        read(Inputs, GIVEN | {"COUNT": ""})


def test_given_missing_and_malformed_variables_when_read_then_all_are_named_together() -> None:
    wrong = {"COUNT": "many", "REBASE": "yes", "WEIGHT": "0,3", "MODE": "full", "PARAMETERS": '{"bptt": 20}'}
    with pytest.raises(TaskError) as error:
        read(Inputs, wrong)
    assert str(error.value).splitlines() == [
        "environment variables are missing or malformed:",
        "  NAME is missing",
        "  DIRECTORY is missing",
        "  COUNT is 'many', which is not a whole number",
        "  REBASE is 'yes', which is not true or false",
        "  WEIGHT is '0,3', which is not a number",
        "  MODE is 'full', which is not one of FULL, UPDATE",
        "  PARAMETERS is '{\"bptt\": 20}', which is not a JSON object with texts as values",
    ]


def test_given_pauses_when_read_then_a_poll_has_them() -> None:
    poll = read(PollInputs, {"PERSONALIZE_FIRST_POLL_SECONDS": "0.1", "PERSONALIZE_LONGEST_POLL_SECONDS": "2"}).poll()
    assert (poll.first, poll.longest, poll.timeout) == (0.1, 2.0, 24 * 3600.0)
