"""The command line."""

import pytest

from scripts.deploy.cost import __main__ as cost


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_command_estimates_the_real_environments(environment, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    assert cost.main(["--environment", environment, "--events-per-second", "10", "10000"]) == 0
    said = capsys.readouterr().out
    assert "Personalize: campaigns" in said
    assert "At 10 events/s most is saved by" in said
    assert "1,000 is the quota" in said


def test_rates_come_from_variables_of_make(monkeypatch):
    monkeypatch.setenv("EVENTS_PER_SECOND", "5, 50")
    monkeypatch.setenv("REQUESTS_PER_SECOND", "7")
    given = cost._parser().parse_args(["--environment", "dev"])
    assert (given.events_per_second, given.requests_per_second) == ([5, 50], 7)


def test_a_rate_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        cost.main(["--environment", "dev", "--events-per-second", "many"])
    assert "must be a number of 0 or more" in capsys.readouterr().err


@pytest.mark.parametrize(("rate", "shown"), [(0.05, "0.05"), (0.5, "0.5"), (10, "10"), (1_000, "1,000")])
def test_a_rate_in_a_heading_is_never_rounded_to_another(rate, shown):
    assert cost._format_rate(rate) == shown
