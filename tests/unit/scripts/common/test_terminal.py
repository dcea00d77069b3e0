"""What the long commands print holds words of others (errors, tools' output): they are shown as they are."""

import pytest
from rich.markup import escape

from scripts.common.terminal import console, plural, print_error, print_fields, print_table, running

BRACKETS = "a path [/tmp/x] and a list [name]"


def test_given_brackets_in_an_error_then_they_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(BRACKETS)

    assert BRACKETS in capsys.readouterr().err


def test_given_control_characters_then_the_terminal_gets_them_as_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "a\x1b[31m\u202eb"
    print_error(f"{evil}\n\tsecond line")
    print_fields([("name", escape(evil))])
    print_table("Table", ["name"], [[escape(evil)]])

    shown = capsys.readouterr()
    assert shown.err.split("\n")[:2] == ["✗ a\\x1b[31m\\u202eb", "        second line"]
    assert shown.out.count("a\\x1b[31m\\u202eb") == 2


def test_given_brackets_in_a_steps_note_then_they_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with running("Build") as progress:
        progress.update(BRACKETS)
        progress.note = BRACKETS

    assert BRACKETS in capsys.readouterr().out


@pytest.mark.parametrize(("number", "text"), [(0, "0 records"), (1, "1 record"), (1204, "1,204 records")])
def test_given_a_number_when_counted_then_the_noun_agrees_with_it(number: int, text: str) -> None:
    assert plural(number, "record") == text


TIME = "2026-11-26T21:00:00+00:00"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:animal-recommender-local-retraining"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the terminal 80 columns wide."""
    monkeypatch.setattr(console, "width", 80)


@pytest.mark.usefixtures("narrow")
def test_given_a_table_that_fits_then_only_long_texts_are_broken_between_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = " ".join(["word"] * 40)

    print_table("Events", ["happened_at", "event_type", "why"], [(TIME, "view_details", text)])

    lines = capsys.readouterr().out.splitlines()
    assert any({"happened_at", "event_type", "why"} <= set(line.split()) for line in lines)
    assert any(TIME in line and "view_details" in line for line in lines)
    assert " ".join(lines).split().count("word") == 40
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("narrow")
def test_given_a_table_that_does_not_fit_then_each_row_is_a_block_of_names_and_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table("Letters", ["oldest", "newest", "detail", "note"], [(TIME, TIME, "a" * 26, ""), (TIME, "-", "b", "c")])

    assert capsys.readouterr().out.splitlines() == [
        "Letters",
        *("", f"oldest  {TIME}", f"newest  {TIME}", f"detail  {'a' * 26}"),
        *("", f"oldest  {TIME}", "newest  -", "detail  b", "note    c"),
    ]


@pytest.mark.usefixtures("narrow")
def test_given_a_word_wider_than_the_terminal_then_a_table_shows_it_in_one_piece(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table("", ["", "solution version"], [("serves now", ARN)])

    assert f"  {ARN}\n" in capsys.readouterr().out


@pytest.mark.usefixtures("narrow")
def test_given_two_long_columns_then_no_word_of_either_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    texts = f"{'w' * 40} and some more words here", "short words " * 12

    print_table("", ["one", "two"], [texts])

    printed = capsys.readouterr().out.split()
    assert "w" * 40 in printed
    assert printed.count("short") == printed.count("words") - 1 == 12


@pytest.mark.usefixtures("narrow")
def test_given_fields_then_long_words_are_whole_and_nothing_is_padded(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields([("state machine arn", ARN), ("note", "several words " * 8)])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"state machine arn  {ARN}"
    assert len(lines) == 3
    assert all(line == line.rstrip() and len(line) <= 80 for line in lines[1:])
