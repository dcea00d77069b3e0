"""Fetching the pinned Terraform, from a file server on this machine."""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import subprocess
import threading
import zipfile

import pytest

from scripts.common import terraform_release
from scripts.common.task import TaskError


@pytest.fixture
def release(tmp_path, monkeypatch):
    """A server with a release for this machine; answers the checksums of what it serves."""
    system = terraform_release._system(terraform_release.CHECKSUMS)
    folder = tmp_path / "server" / "terraform" / terraform_release.VERSION
    folder.mkdir(parents=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("terraform", "#!/bin/sh\necho Terraform v1.11.4\n")
    (folder / f"terraform_{terraform_release.VERSION}_{system}.zip").write_bytes(packed.getvalue())
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "server")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("TERRAFORM_MIRROR", f"http://127.0.0.1:{server.server_port}/")
        yield {system: hashlib.sha256(packed.getvalue()).hexdigest()}
        server.shutdown()


def test_a_release_with_the_pinned_checksum_is_installed_once(tmp_path, release, monkeypatch):
    program = terraform_release.ensure_installed(tmp_path / "tools", release)
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "Terraform v1.11.4\n"
    # the second time nothing is fetched
    monkeypatch.setenv("TERRAFORM_MIRROR", "http://127.0.0.1:9")
    assert terraform_release.ensure_installed(tmp_path / "tools", release) == program


def test_a_release_with_another_checksum_is_refused_and_nothing_is_left(tmp_path, release):
    with pytest.raises(TaskError, match="not the pinned release"):
        terraform_release.ensure_installed(tmp_path / "tools", dict.fromkeys(release, "0" * 64))
    assert not list((tmp_path / "tools").rglob("terraform"))


def test_a_server_out_of_reach_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAFORM_MIRROR", "http://127.0.0.1:9")
    with pytest.raises(TaskError, match=r"127\.0\.0\.1:9.*cannot be fetched"):
        terraform_release.ensure_installed(tmp_path / "tools")
