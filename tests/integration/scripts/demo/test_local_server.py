"""Start and stop the local AWS, as `make up` and `make down` do, also after it was killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from scripts.common import environments
from scripts.common.environments import ROOT, Local
from scripts.common.task import TaskError
from scripts.demo import local_folder, local_server


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
    assert sorted(path.name for path in local.directory.iterdir()) == [local_folder.MARKER, "logs"]


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


def run(command):
    """Run a command of `make` as a process of its own, with the variables of this test."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.demo.local_system", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_given_a_running_server_when_the_shell_names_another_port_then_all_commands_find_it(local, monkeypatch):
    # Given a server, and a shell in which another port is set
    local_server.start(local)
    process = local_server.process_id(local)
    monkeypatch.setenv("LOCAL_AWS_PORT", str(local.port + 1))
    # When it is asked for, started again and stopped, then it is the one that runs
    assert environments.local().port == local.port
    local_server.start(environments.local())
    assert local_server.process_id(local) == process
    assert f"127.0.0.1:{local.port}" in run("status").stdout
    assert "is stopped; nothing is left" in run("down").stdout
    assert not taken(local.port)


def test_given_a_damaged_process_id_file_then_the_server_is_found_and_stopped(local):
    local_server.start(local)
    for content in ("", "no number", "1"):
        (local.directory / "server.pid").write_text(content)
        assert local_server.is_up(local)
    assert "is stopped; nothing is left" in run("down").stdout
    assert not taken(local.port)


def test_given_a_proxy_in_the_shell_then_the_running_server_is_found_and_kept(local, monkeypatch):
    local_server.start(local)
    process = local_server.process_id(local)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    local_server.start(local)
    assert local_server.process_id(local) == process
    assert local_server.is_up(local)


def test_given_a_server_before_terraform_when_its_status_is_asked_then_it_says_how_to_go_on(local):
    local_server.start(local)
    for make_state in (lambda: None, local.state.touch):  # Terraform begins with an empty file
        make_state()
        status = run("status")
        assert status.returncode == 3
        assert "Terraform has not been applied to it completely. make up continues" in " ".join(status.stdout.split())
        assert status.stderr == ""


def test_given_an_apply_under_way_when_the_status_is_asked_then_it_says_so(local):
    local_server.start(local)
    with local_folder.exclusive(local.directory):
        local.state.write_text('{"version"')  # Terraform is writing it
        (local.directory / ".terraform.tfstate.lock.info").touch()
        status = run("status")
    assert status.returncode == 3
    assert f"Another command (process {os.getpid()}) is applying Terraform to it." in " ".join(status.stdout.split())


def test_given_a_damaged_terraform_state_then_one_sentence_says_what_to_do(local):
    local_server.start(local)
    for content in (b"{", b"[]", b"{}", b"\xff"):
        local.state.write_bytes(content)
        status = run("status")
        assert status.returncode == 1
        assert "is damaged. `make down` removes it" in status.stderr
        assert "Traceback" not in status.stderr


def test_given_another_up_at_work_when_up_or_down_then_they_say_so_and_change_nothing(local):
    local_folder.claim(local.directory)
    with local_folder.exclusive(local.directory):
        for command in ("up", "down"):
            refused = run(command)
            assert refused.returncode == 1
            assert f"Another command (process {os.getpid()})" in refused.stderr
    assert local_server.process_id(local) is None


def test_given_the_server_of_another_folder_when_this_one_is_stopped_then_it_runs_on_and_is_named(
    local, monkeypatch, tmp_path
):
    local_server.start(local)
    monkeypatch.setenv("LOCAL_AWS_DIR", str(tmp_path / "other"))
    down = " ".join(run("down").stdout.split())
    assert down == (
        f"The local AWS was not running. Port {local.port} still answers: it is used by the local AWS of "
        f"{local.directory}."
    )
    assert local_server.is_up(local)


def test_given_a_folder_of_somebody_when_up_and_down_then_both_refuse_and_delete_nothing(local):
    (local.directory / "terraform").mkdir(parents=True)
    (local.directory / "terraform" / "main.tf").write_text("theirs")
    for command in ("up", "down"):
        refused = run(command)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
    assert (local.directory / "terraform" / "main.tf").read_text() == "theirs"
    shutil.rmtree(local.directory)


def test_given_no_server_when_env_or_preflight_is_asked_then_they_say_so(local):
    shown = run("env")
    assert "export AWS_ENDPOINT_URL=" in shown.stdout
    assert "The local AWS is down. `make up` starts it." in shown.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "scripts.deploy.preflight", "--environment", "local"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 1
    assert "The local AWS is down" in checked.stderr
    assert "Traceback" not in checked.stderr
