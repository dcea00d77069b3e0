"""All checks as a command."""

from scripts.common.findings import Finding, State
from scripts.deploy.preflight import __main__ as preflight
from tests.unit.scripts.deploy.preflight.fakes import client, error, target


def test_credentials_that_fail_end_the_look_at_the_account(monkeypatch):
    made = target({"sts": client(get_caller_identity=error("ExpiredToken"))})
    monkeypatch.setattr(preflight, "ON_THIS_MACHINE", ())
    assert [(one.subject, one.state) for one in preflight.run_checks(made)] == [("Credentials", State.FAILED)]


def test_the_command_fails_if_something_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(preflight.tfvars, "read", lambda *_: target().configuration)
    monkeypatch.setattr(
        preflight,
        "run_checks",
        lambda _: [Finding("A", State.OK, "good", "x"), Finding("B", State.FAILED, "bad", "mend it")],
    )
    assert preflight.main(["--environment", "dev"]) == 1
    printed = capsys.readouterr()
    assert "1 to put right before `make apply ENV=dev`" in printed.err
    assert "→ mend it" in printed.out
    assert "→ x" not in printed.out
    monkeypatch.setattr(
        preflight,
        "run_checks",
        lambda _: [Finding("A", State.OK, "good", "x"), Finding("B", State.NOTE, "so so", "see")],
    )
    assert preflight.main(["--environment", "dev"]) == 0
