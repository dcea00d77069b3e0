"""The table of findings, and checks that fail."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from scripts.common.findings import Finding, State, print_findings, run_check
from scripts.common.terminal import console


@pytest.mark.parametrize(("state", "good"), [(State.OK, True), (State.NOTE, True), (State.FAILED, False)])
def test_given_findings_when_printed_then_only_a_bad_one_makes_the_whole_bad(
    state: State, good: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_findings("Health", [Finding("alarms", State.OK, "none"), Finding("lag", state, "[1] s")]) is good
    assert "[1] s" in capsys.readouterr().out


def test_given_a_check_that_fails_then_what_it_found_stays_and_the_failure_is_a_bad_finding() -> None:
    def check() -> Iterator[Finding]:
        yield Finding("alarms", State.OK, "none")
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeAlarms")

    first, second = run_check("alarms", check)
    assert first.state is State.OK
    assert second == Finding("alarms", State.FAILED, "could not be checked: DescribeAlarms: AccessDenied: no")


def test_given_a_mistake_in_a_check_then_it_is_not_hidden() -> None:
    def check() -> Iterator[Finding]:
        raise ZeroDivisionError
        yield  # type: ignore[unreachable]  # makes it a generator

    with pytest.raises(ZeroDivisionError):
        list(run_check("alarms", check))


def test_given_a_terminal_of_80_columns_when_a_url_is_longer_then_it_is_printed_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "width", 80)
    url = f"https://{'a' * 90}"

    print_findings("Health", [Finding("HTTP API", State.OK, url)])

    assert f"HTTP API  {url}\n" in capsys.readouterr().out
