"""Third-party code of the Lambda packages: locked wheels for the target platform, downloaded once and unpacked."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from scripts.common.task import TaskError

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's Python runtimes from 3.12 on run on Amazon Linux 2023, which has glibc 2.34; 3.11 on Amazon Linux 2 (2.26).
GLIBC = {"3.11": 26}
NEWEST_GLIBC = 34


@dataclass(frozen=True)
class Target:
    """Where the packages run: Lambda runtime (`python3.13`) and architecture (`arm64` or `x86_64`)."""

    runtime: str
    architecture: str

    @property
    def python(self) -> str:
        """The Python version, e.g. `3.13`."""
        return self.runtime.removeprefix("python")

    def platforms(self) -> list[str]:
        """List the wheel platforms that run there, newest first."""
        machine = MACHINES[self.architecture]
        numbered = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC.get(self.python, NEWEST_GLIBC), 16, -1)]
        return [*numbered, f"manylinux2014_{machine}"]


def unpack(requirements: Path, target: Target, cache: Path) -> Path:
    """Return a folder with the locked packages for `target`. It is made once, then used again without network.

    The folder is empty if nothing is locked.

    Raises:
        TaskError: A package has no wheel for the target, or cannot be downloaded.
    """
    locked = [line for line in requirements.read_text().splitlines() if line.strip() and not line.startswith("#")]
    key = "\n".join([target.runtime, target.architecture, *locked])
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    folder = cache / digest
    if folder.is_dir():
        return folder
    downloads = cache / f"{digest}.wheels"
    if locked:
        _download(requirements, target, downloads)
    part = cache / f"{digest}.part"
    shutil.rmtree(part, ignore_errors=True)
    for wheel in sorted(downloads.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(part)
    part.mkdir(parents=True, exist_ok=True)
    part.rename(folder)
    return folder


def _download(requirements: Path, target: Target, folder: Path) -> None:
    platforms = [word for platform in target.platforms() for word in ("--platform", platform)]
    python = ["--implementation", "cp", "--python-version", target.python]
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    command = [sys.executable, "-m", "pip", "download", *options, *platforms, *python]
    run = subprocess.run(
        [*command, "--dest", str(folder), "--requirement", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        place = f"{target.runtime} on {target.architecture}"
        raise TaskError(f"pip cannot fetch the wheels of {requirements.name} for {place}:\n{run.stderr.strip()}")


def find_licences(folder: Path, packages: set[str]) -> dict[str, Path]:
    """Return the licence files of the distributions that have these top-level packages: path in the zip -> file."""
    found: dict[str, Path] = {}
    for info in sorted(folder.glob("*.dist-info")):
        tops = {
            line.split(",")[0].split("/")[0].removesuffix(".py") for line in (info / "RECORD").read_text().splitlines()
        }
        if tops & packages:
            files = (
                file
                for file in info.rglob("*")
                if file.is_file() and file.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE"))
            )
            found |= {file.relative_to(folder).as_posix(): file for file in files}
    return found
