"""The pinned Terraform release, for machines that have none: downloaded once, verified, kept in ``.tools/``.

``TERRAFORM_MIRROR`` names another server with the layout of releases.hashicorp.com.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts.common.environments import ROOT
from scripts.common.task import TaskError
from scripts.common.terminal import running

VERSION = "1.11.4"
# SHA-256 of terraform_1.11.4_<system>.zip, as its publisher's terraform_1.11.4_SHA256SUMS lists them.
CHECKSUMS = {
    "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
}
_PROCESSORS = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_INSTALL = "https://developer.hashicorp.com/terraform/install"


def ensure_installed(tools: Path = ROOT / ".tools", checksums: Mapping[str, str] = CHECKSUMS) -> Path:
    """Return the path of the pinned release's program; download the release if it is not there yet.

    Raises:
        TaskError: There is no pinned release for this system, it cannot be downloaded, or its checksum is wrong.
    """
    program = tools / f"terraform-{VERSION}" / "terraform"
    if not program.exists():
        with running(f"Terraform {VERSION}: the PATH has none that is new enough, downloading it") as progress:
            _install(_download(_system(checksums), checksums), program)
            progress.note = str(program)
    return program


def _system(checksums: Mapping[str, str]) -> str:
    """Return this machine as the release names it, such as ``linux_arm64``."""
    processor = platform.machine().lower()
    system = f"{platform.system().lower()}_{_PROCESSORS.get(processor, processor)}"
    if system not in checksums:
        raise TaskError(f"No pinned Terraform for {system} (there is: {', '.join(checksums)}). Install it: {_INSTALL}")
    return system


def _download(system: str, checksums: Mapping[str, str]) -> bytes:
    """Return the release's zip after checking its SHA-256."""
    server = os.environ.get("TERRAFORM_MIRROR", "https://releases.hashicorp.com").rstrip("/")
    address = f"{server}/terraform/{VERSION}/terraform_{VERSION}_{system}.zip"
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            archive: bytes = answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise TaskError(
            f"Terraform >= 1.11 is missing and {address} cannot be fetched: {error}. Install it: {_INSTALL}"
        ) from error
    found = hashlib.sha256(archive).hexdigest()
    if found != checksums[system]:
        raise TaskError(f"{address} is not the pinned release: SHA-256 {found}, expected {checksums[system]}.")
    return archive


def _install(archive: bytes, program: Path) -> None:
    """Unpack the program; rename it to its final name once it is complete."""
    program.parent.mkdir(parents=True, exist_ok=True)
    partial = program.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        partial.write_bytes(packed.read("terraform"))
    partial.chmod(0o755)
    partial.replace(program)
