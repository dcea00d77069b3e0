"""What a person reads when a command fails, and the exit code."""

from pathlib import Path

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from scripts.common.task import TaskError, run_task


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateCampaign")


def missing_file() -> OSError:
    try:
        Path("/nowhere/letters.jsonl").read_text()
    except OSError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "exit_code", "said"),
    [
        (
            TaskError("solution version x is CREATE FAILED: [too] few"),
            1,
            "✗ solution version x is CREATE FAILED: [too]",
        ),
        (refusal("LimitExceededException", "5 campaigns"), 1, "CreateCampaign: LimitExceededException: 5 campaigns"),
        (NoCredentialsError(), 1, "credentials and region come from the environment"),
        (missing_file(), 1, "/nowhere/letters.jsonl: No such file or directory"),
        (KeyboardInterrupt(), 130, "Run it again"),
    ],
)
def test_given_a_failure_that_a_person_can_act_on_then_one_paragraph_on_standard_error_says_it(
    error: BaseException, exit_code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def task() -> None:
        raise error

    assert run_task(task) == exit_code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), BrokenPipeError(32, "Broken pipe")])
def test_given_a_mistake_in_the_program_then_it_is_raised(error: Exception) -> None:
    def task() -> None:
        raise error

    with pytest.raises(type(error)):
        run_task(task)


@pytest.mark.parametrize(("returned", "exit_code"), [(None, 0), (0, 0), (3, 3)])
def test_given_no_failure_then_the_exit_code_is_the_tasks_own(returned: int | None, exit_code: int) -> None:
    assert run_task(lambda: returned) == exit_code


def test_given_a_long_message_then_no_line_break_is_added(capsys: pytest.CaptureFixture[str]) -> None:
    def task() -> None:
        raise TaskError("word " * 60)

    run_task(task)
    assert capsys.readouterr().err.strip().count("\n") == 0
