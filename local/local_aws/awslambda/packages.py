"""Function packages on disk: each zip is extracted once; and the modules that Lambda's runtime provides."""

import io
import os
import shutil
import tempfile
import threading
import zipfile
from importlib import metadata
from pathlib import Path

# The distributions that AWS's Python runtimes provide; everything else must be in the zip.
RUNTIME_DISTRIBUTIONS = (
    "awslambdaric",
    "snapshot-restore-py",
    "simplejson",
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "python-dateutil",
    "six",
    "urllib3",
)

_lock = threading.Lock()


def extract(code: bytes, sha256: str, root: Path) -> Path:
    """Return the folder with the content of a zip; extracts it the first time.

    Args:
        code: the zip.
        sha256: its digest as Lambda gives it (base64); names the folder.
        root: folder for the packages.
    """
    target = root / sha256.replace("/", "_").replace("+", "-").rstrip("=")
    with _lock:
        if not target.exists():
            root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=root) as scratch:
                _extract_all(code, Path(scratch) / "content")
                (Path(scratch) / "content").rename(target)
    return target


def runtime_modules(root: Path) -> Path:
    """Return a folder of links to the modules of AWS's Python runtime, and to no others.

    A function whose zip lacks a dependency therefore fails here as it would on AWS.
    """
    target = root / "runtime-modules"
    with _lock:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for source in sorted(_runtime_paths()):
            (target / source.name).symlink_to(source)
    return target


def _extract_all(code: bytes, target: Path) -> None:
    target.mkdir()
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        for member in archive.infolist():
            path = archive.extract(member, target)
            mode = member.external_attr >> 16
            if mode and not member.is_dir():
                Path(path).chmod(mode | 0o600)


def _runtime_paths() -> set[Path]:
    paths = set()
    for name in RUNTIME_DISTRIBUTIONS:
        distribution = metadata.distribution(name)
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in (os.pardir, "__pycache__"):
                paths.add(Path(str(distribution.locate_file(top))).resolve())
    return paths
