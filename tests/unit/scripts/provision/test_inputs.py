"""Inputs are read from the environment with their types, and everything that is wrong with them is said at once."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts.common.task import TaskError
from scripts.provision.inputs import (
    PollInputs,
    one_of,
    parse_bool,
    parse_list,
    parse_number,
    parse_objects,
    parse_texts,
    read,
)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    name: str
    directory: Path
    count: int
    rebase: bool = field(metadata={"parse": parse_bool})
    weight: float | None = field(default=None, metadata={"parse": parse_number})
    mode: str | None = field(default=None, metadata={"parse": one_of("FULL", "UPDATE")})
    parameters: dict[str, str] | None = field(default=None, metadata={"parse": parse_texts})
    columns: tuple[str, ...] = field(default=(), metadata={"parse": parse_list})
    events: tuple[dict[str, object], ...] = field(default=(), metadata={"parse": parse_objects})


GIVEN = {"NAME": "it's", "DIRECTORY": "/a/St. Mary's pets", "COUNT": "3", "REBASE": "true"}


def test_given_the_required_variables_when_read_then_the_others_have_their_defaults() -> None:
    expected = Inputs(name="it's", directory=Path("/a/St. Mary's pets"), count=3, rebase=True)
    assert read(Inputs, GIVEN) == expected
    assert (expected.weight, expected.mode, expected.parameters) == (None, None, None)


def test_given_all_variables_when_read_then_each_has_its_type() -> None:
    others = {"REBASE": "false", "WEIGHT": "0.3", "MODE": "UPDATE", "PARAMETERS": '{"bptt": "20"}', "COLUMNS": '["A"]'}
    made = read(Inputs, GIVEN | others | {"EVENTS": '[{"weight": 1}]'})
    assert (made.columns, made.events) == (("A",), ({"weight": 1},))
    assert (made.rebase, made.weight, made.mode, made.parameters) == (False, 0.3, "UPDATE", {"bptt": "20"})


def test_given_an_empty_variable_when_read_then_it_counts_as_missing() -> None:
    assert read(Inputs, GIVEN | {"WEIGHT": "", "MODE": ""}).weight is None
    with pytest.raises(TaskError, match="COUNT is missing"):
        read(Inputs, GIVEN | {"COUNT": ""})


def test_given_missing_and_malformed_variables_when_read_then_all_are_named_together() -> None:
    wrong = {
        "COUNT": "many",
        "REBASE": "yes",
        "WEIGHT": "0,3",
        "MODE": "full",
        "PARAMETERS": '{"bptt": 20}',
        "COLUMNS": "A",
        "EVENTS": '["view"]',
    }
    with pytest.raises(TaskError) as error:
        read(Inputs, wrong)
    assert str(error.value).partition(": ")[2].split("; ") == [
        "NAME is missing",
        "DIRECTORY is missing",
        "COUNT must be an integer",
        "REBASE must be true or false",
        "WEIGHT must be a number",
        "MODE must be FULL or UPDATE",
        "PARAMETERS must be a JSON object with texts as values",
        "COLUMNS must be a JSON list of texts",
        "EVENTS must be a JSON list of objects",
    ]


def test_given_pauses_when_read_then_a_poll_has_them() -> None:
    poll = read(PollInputs, {"PERSONALIZE_FIRST_POLL_SECONDS": "0.1", "PERSONALIZE_LONGEST_POLL_SECONDS": "2"}).poll()
    assert (poll.first, poll.longest, poll.timeout) == (0.1, 2.0, 24 * 3600.0)
