"""How long credentials last, of every kind that botocore reads from the environment and from profiles."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.session import Session

from scripts.common.findings import State
from scripts.deploy.preflight import credentials
from tests.unit.scripts.deploy.preflight.fakes import only, target


def after(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes, seconds=30)).isoformat()


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[State, str]]:
    """A function that sets variables and files, and returns what is found."""

    def look(config: str = "", keys: str = "", **variables: str) -> tuple[State, str]:
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "CREDENTIAL_EXPIRATION"):
            monkeypatch.delenv(f"AWS_{name}", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        for name, text in {"CONFIG_FILE": config, "SHARED_CREDENTIALS_FILE": keys}.items():
            (tmp_path / name).write_text(text)
            monkeypatch.setenv(f"AWS_{name}", str(tmp_path / name))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        found = only(credentials.check_duration(target({})))
        assert bool(found.remedy) is (found.state is not State.OK)
        return found.state, found.detail

    return look


KEYS = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b"}
SESSION = {**KEYS, "SESSION_TOKEN": "c"}
PROFILE_KEYS = "[default]\naws_access_key_id = a\naws_secret_access_key = b\n"


def test_given_long_term_keys_then_they_have_no_end(given: Callable[..., tuple[State, str]]) -> None:
    assert given(**KEYS) == (State.OK, "without an end: long-term keys")
    assert given(keys=PROFILE_KEYS) == (State.OK, "without an end: long-term keys")


def test_given_a_session_token_then_its_end_is_not_known(given: Callable[..., tuple[State, str]]) -> None:
    unknown = (State.NOTE, "not known how long: a session token does not say it")
    assert given(**SESSION) == unknown
    assert given(keys=f"{PROFILE_KEYS}aws_session_token = c\n") == unknown


@pytest.mark.parametrize(
    ("minutes", "state", "told"),
    [(43, State.NOTE, "0 h 43 min"), (119, State.NOTE, "1 h 59"), (120, State.OK, "2 h 00")],
)
def test_given_the_variable_with_the_end_then_it_is_compared_with_an_apply(
    given: Callable[..., tuple[State, str]], minutes: int, state: State, told: str
) -> None:
    found = given(**SESSION, CREDENTIAL_EXPIRATION=after(minutes))
    assert found[0] is state
    assert found[1].startswith(f"for {told}")


@pytest.fixture
def process(tmp_path: Path) -> Callable[[float], str]:
    """A function that returns a profile's credential_process, whose credentials last so many minutes."""

    def write(minutes: float) -> str:
        answer = {"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c"}
        (tmp_path / "answer.json").write_text(json.dumps(answer | {"Expiration": after(minutes)}))
        return f"credential_process = cat {tmp_path / 'answer.json'}\n"

    return write


def test_given_credentials_that_renew_themselves_then_they_are_good_however_soon_they_end(
    given: Callable[..., tuple[State, str]], process: Callable[[float], str]
) -> None:
    found = given(config=f"[default]\n{process(20)}")
    assert found == (State.OK, "renewed by themselves by credential_process, if it answers without you")


class Role:
    """Stands for a role that was assumed for an hour: STS cannot be asked here."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = Session.get_credentials

        def get(session: Session) -> object:
            if "role_arn" not in session.get_scoped_config():
                return real(session)
            return RefreshableCredentials("a", "b", "c", datetime.fromisoformat(after(59)), dict, "assume-role")

        monkeypatch.setattr(Session, "get_credentials", get)


ROLE = "[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/deployer\n"
SOURCES = {
    "long-term keys": ("source_profile = base\n", PROFILE_KEYS.replace("default", "base"), State.OK, "long-term keys"),
    "a pasted session": (
        "source_profile = base\n",
        PROFILE_KEYS.replace("default", "base") + "aws_session_token = c\n",
        State.NOTE,
        "a session token does not say it",
    ),
    "itself": (
        "source_profile = dev\naws_access_key_id = a\naws_secret_access_key = b\n",
        "",
        State.OK,
        "long-term keys",
    ),
    "the machine": ("credential_source = Ec2InstanceMetadata\n", "", State.OK, "by the machine"),
    "an MFA device": ("source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/ann\n", "", State.NOTE, "an MFA code"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_given_a_role_of_a_profile_then_its_source_decides(
    given: Callable[..., tuple[State, str]], monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    settings, keys, state, told = SOURCES[source]
    Role(monkeypatch)
    found = given(config=ROLE + settings, keys=keys, PROFILE="dev")
    assert found[0] is state
    assert told in found[1]
    assert state is State.OK or found[1].startswith("for 0 h 59 min more")


def test_given_a_role_whose_source_is_the_environment_then_its_session_decides(
    given: Callable[..., tuple[State, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    Role(monkeypatch)
    config = f"{ROLE}credential_source = Environment\n"
    variables = {"PROFILE": "dev", **SESSION, "CREDENTIAL_EXPIRATION": after(30)}
    found = given(config=config, **variables)
    assert found[0] is State.NOTE
    assert "these last: for 0 h 30 min more" in found[1]
