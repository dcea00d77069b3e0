"""Start and stop the local AWS, as `make up` and `make down` do, also after it was killed."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

from scripts.common.environments import Local
from scripts.common.task import TaskError
from scripts.demo import local_server


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def local(tmp_path, port, monkeypatch):
    monkeypatch.setenv("LOCAL_AWS_DIR", str(tmp_path / "local"))
    monkeypatch.setenv("LOCAL_AWS_PORT", str(port))
    chosen = Local(tmp_path / "local", port)
    yield chosen
    local_server.stop(chosen)


def taken(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_given_a_running_server_when_started_again_then_it_is_the_same_one(local):
    local_server.start(local)
    first = local_server.process_id(local)
    local_server.start(local)
    assert local_server.process_id(local) == first


def test_given_a_killed_server_when_started_then_its_stale_state_is_gone(local):
    # Given a server with a Terraform state, killed
    local_server.start(local)
    first = local_server.process_id(local)
    local.state.write_text("{}")
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    # When it is started again
    local_server.start(local)
    # Then a new one runs, and nothing claims that the old one's resources exist
    assert local_server.process_id(local) not in (None, first)
    assert not local.state.exists()


def test_given_a_running_server_when_stopped_twice_then_no_process_port_or_state_is_left(local, port):
    local_server.start(local)
    process = local_server.process_id(local)
    local.state.write_text("{}")
    assert local_server.stop(local)
    assert not local_server.stop(local)
    assert not taken(port)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert sorted(path.name for path in local.directory.iterdir()) == ["logs"]


def test_given_a_port_that_another_program_uses_then_it_is_named(local, port):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(TaskError, match=f"Port {port} is in use"):
            local_server.start(local)


def test_given_a_server_that_answers_then_it_is_ready_within_seconds(local):
    began = time.monotonic()
    local_server.start(local)
    assert local_server.is_up(local)
    assert time.monotonic() - began < 60
