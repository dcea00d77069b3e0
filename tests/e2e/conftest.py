"""The whole system, once for all end-to-end tests: packages, local AWS, Terraform, in a folder and port of its own.

The tests may run in any order, except for those that judge or end what all others did, and those that need the system
as the first apply leaves it: the marks `after_all_others(order)` and `before_all_others` put them last and first.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from rich.console import Console

from scripts.check.access.justifications import Justification, read_justifications
from scripts.check.access.report import Access, draw, parse
from scripts.common import environments
from scripts.common.environments import ROOT, Local
from scripts.demo import local_server, local_system
from tests.support.collection import left_out, order, pytest_deselected
from tests.support.login import login_token

__all__ = ["pytest_deselected"]  # a hook

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order(items)


@dataclass(frozen=True)
class System:
    """The running system as an operator sees it: its names, and clients for it. An operator gets its mails."""

    local: Local
    outputs: dict

    def client(self, service: str) -> Any:
        return boto3.client(service)

    def cli(self, *arguments: str) -> Any:
        """Run the real AWS CLI; return its JSON output."""
        command = [str(ROOT / ".venv" / "bin" / "aws"), *arguments, "--output", "json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def invoke(self, function: str, payload: Any) -> tuple[Any, str | None]:
        """Invoke a function by its deployed name. Return its answer and, if it failed, the kind of failure."""
        answer = self.client("lambda").invoke(
            FunctionName=self.outputs["function_names"][function], Payload=json.dumps(payload).encode()
        )
        return json.load(answer["Payload"]), answer.get("FunctionError")

    def tracked(self) -> dict:
        """Return the streamed events in the local Personalize, by user and by session."""
        return self._local(f"personalize/events?trackingId={self.outputs['tracking_id']}")

    def faults(self, document: dict) -> None:
        """Let the local Personalize fail as the document says."""
        self._local("faults", json.dumps(document).encode())

    def mails(self) -> list[dict]:
        """Return what was mailed to the operator so far."""
        return self._local("mails")["mails"]

    def alarm_mails(self, alarm: str) -> list[dict]:
        """Return the mails that an alarm sent when it went off, whichever test made it go off."""
        begin = f'ALARM: "local-animal-recommender-{alarm}"'
        return [mail for mail in self.mails() if mail["subject"].startswith(begin)]

    def login_token(self, **claims: Any) -> str:
        """Return a token of the site's login; claims replace the usual ones."""
        return login_token(self.local.endpoint, **claims)

    def subscribe_operator(self) -> None:
        """Subscribe an operator's address to the notifications."""
        topic = self.outputs["topic_arn"]
        self.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="operator@example.org")

    def fire(self, schedule: str) -> None:
        """Fire a schedule now."""
        assert self._local(f"schedules/{schedule}", b"")["fired"]

    def access(self) -> dict:
        """Return what each role was granted, used and refused so far."""
        return self._local("access")

    def _local(self, path: str, data: bytes | None = None) -> dict:
        with urllib.request.urlopen(f"{self.local.endpoint}/_local/{path}", data) as answer:
            return json.load(answer)


def eventually(condition: Callable[[], Any], seconds: float = 60, every: float = 0.25) -> Any:
    """Wait until ``condition`` returns something true, and return it; fail the test if it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(every)
    pytest.fail(f"Did not come true within {seconds} s: {condition.__doc__ or condition}")


_ACCESS: pytest.StashKey[Access] = pytest.StashKey()


@pytest.fixture(scope="session")
def known() -> list[Justification]:
    """Reasons for permissions that the local system never uses, from the comments in Terraform."""
    return read_justifications(ROOT / "modules")


@pytest.fixture(scope="session")
def access(system: System, known: list[Justification], request: pytest.FixtureRequest) -> Access:
    """What the whole suite used of the roles' permissions; skip the test if only a part of the suite runs."""
    if missing := left_out(request.session, HERE):
        pytest.skip(f"not the whole suite: without {', '.join(missing)}")
    found = parse(system.access(), known)
    request.config.stash[_ACCESS] = found
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what each role was granted, used and never used."""
    if access := config.stash.get(_ACCESS, None):
        terminalreporter.section("granted, used, never used", sep="=")
        console = Console(file=terminalreporter._tw._file, width=160, highlight=False)
        for table in draw(access):
            console.print(table)


@pytest.fixture(scope="session")
def wait_for() -> Callable[..., Any]:
    return eventually


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before = dict(os.environ)
    os.environ |= {
        "LOCAL_AWS_DIR": str(tmp_path_factory.mktemp("system")),
        "LOCAL_AWS_PORT": str(port),
        # As on AWS: no role can be used at once, and the service makes a dataset of its own.
        "LOCAL_NEW_ROLE_SECONDS": "1.5",
        "LOCAL_PERSONALIZE_EVENT_DATASET": "true",
    }
    local = environments.local()
    os.environ |= local.variables()
    try:
        system = System(local, local_system.start(local))
        system.subscribe_operator()
        yield system
    finally:
        local_server.stop(local)
        os.environ.clear()
        os.environ.update(before)
