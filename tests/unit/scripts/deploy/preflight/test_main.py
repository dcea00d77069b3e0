"""All checks as a command."""

from scripts.deploy.preflight import __main__ as preflight
from scripts.deploy.preflight.findings import FAIL, OK, WARN, Finding
from tests.unit.scripts.deploy.preflight.fakes import client, error, target


def test_credentials_that_fail_end_the_look_at_the_account(monkeypatch):
    made = target({"sts": client(get_caller_identity=error("ExpiredToken"))})
    monkeypatch.setattr(preflight, "ON_THIS_MACHINE", ())
    assert [(one.check, one.status) for one in preflight.run_checks(made)] == [("Credentials", FAIL)]


def test_the_command_fails_if_something_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(preflight.tfvars, "read", lambda *_: target().configuration)
    monkeypatch.setattr(
        preflight, "run_checks", lambda _: [Finding("A", OK, "good", "x"), Finding("B", FAIL, "bad", "mend it")]
    )
    assert preflight.main(["--environment", "dev"]) == 1
    assert "1 to put right before `make apply ENV=dev`" in capsys.readouterr().err
    monkeypatch.setattr(
        preflight, "run_checks", lambda _: [Finding("A", OK, "good", "x"), Finding("B", WARN, "so so", "see")]
    )
    assert preflight.main(["--environment", "dev"]) == 0
