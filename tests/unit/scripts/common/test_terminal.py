"""What the long commands print holds words of others (errors, tools' output): they are shown as they are."""

import pytest

from scripts.common.terminal import print_error, running

BRACKETS = "a path [/tmp/x] and a list [name]"


def test_given_brackets_in_an_error_then_they_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(BRACKETS)

    assert BRACKETS in capsys.readouterr().err


def test_given_brackets_in_a_steps_note_then_they_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with running("Build") as progress:
        progress.update(BRACKETS)
        progress.note = BRACKETS

    assert BRACKETS in capsys.readouterr().out
