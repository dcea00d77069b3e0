"""The folder of the local AWS (`LOCAL_AWS_DIR`): which folders are ours, and which files in them we may delete.

A folder is ours if it has our marker. It gets one when `up` makes it or finds it empty. Only the files that are listed
here are ever deleted, so that a wrong `LOCAL_AWS_DIR` cannot cost anybody a file.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from pathlib import Path

from scripts.common.task import TaskError

MARKER = ".local-aws"
LOCK = ".lock"
_MADE, _FOUND = "made by make up\n", "found empty by make up\n"
# What the server, Terraform (TF_DATA_DIR) and the commands write: names of the folder, then of its subfolders.
_STATE_FILES = ("server.pid", "terraform.tfstate*", ".terraform*")
_STATE_FOLDERS = {
    "aws": ("mails", "packages", "runtime-modules"),
    "deployers": ("modules", "plugin_path", "providers", "*.tfstate*", ".terraform*"),
    "site": ("config.js", "pets.jsonl"),
    "terraform": ("environment", "modules", "plugin_path", "providers", "terraform.tfstate*"),
}
_LOGS = {"logs": ("package.log", "server.log", "terraform-apply.log")}
_ANOTHER = "Choose another folder: LOCAL_AWS_DIR=/path/to/folder make …"
_SIGNS_OF_EARLIER_VERSIONS = ("server.pid", "logs/server.log", "aws/runtime-modules")


def claim(directory: Path) -> None:
    """Make the folder, or take an empty one; nothing happens if it is ours already.

    Raises:
        TaskError: Something else is there, or the folder cannot be written.
    """
    _check_is_folder(directory)
    try:
        if _make(directory):
            (directory / MARKER).write_text(_MADE)
        elif not is_ours(directory):
            _adopt(directory)
        _check_subfolders(directory)
    except OSError as error:
        raise TaskError(f"{directory} cannot be used for the local AWS: {error.strerror}. {_ANOTHER}") from error


def _make(directory: Path) -> bool:
    """Make the folder and return True; return False if it exists, also if another command has just made it."""
    try:
        directory.mkdir(parents=True)
    except FileExistsError:
        if not directory.is_dir():  # a file in its path
            raise
        return False
    return True


def _adopt(directory: Path) -> None:
    """Mark an empty folder, or one of an earlier version, as ours.

    Raises:
        TaskError: It has other files.
    """
    if _is_from_earlier_version(directory):
        (directory / MARKER).write_text(_MADE)
    elif any(directory.iterdir()) and not is_ours(directory):  # another command may have marked it just now
        raise TaskError(f"{directory} has files that the local AWS did not make, so it is not used. {_ANOTHER}")
    else:
        with suppress(FileExistsError), (directory / MARKER).open("x") as marker:
            marker.write(_FOUND)


def _check_is_folder(directory: Path) -> None:
    """Refuse what must not be followed or replaced.

    Raises:
        TaskError: It is a symbolic link or a file.
    """
    if directory.is_symlink():
        raise TaskError(f"{directory} is a symbolic link. Name the folder itself: LOCAL_AWS_DIR={directory.resolve()}")
    if directory.exists() and not directory.is_dir():
        raise TaskError(f"{directory} is not a folder. {_ANOTHER}")


def _check_subfolders(directory: Path) -> None:
    for name in (*_STATE_FOLDERS, *_LOGS):
        folder = directory / name
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise TaskError(f"{folder} is not a folder of the local AWS: move it away, then try again.")
    if not os.access(directory, os.W_OK | os.X_OK):
        raise PermissionError(13, "Permission denied", str(directory))


def is_ours(directory: Path) -> bool:
    """Return whether the folder has our marker."""
    return (directory / MARKER).is_file()


def _is_from_earlier_version(directory: Path) -> bool:
    """Return whether an earlier version, which wrote no marker, made the folder: it has its files and no others."""
    known = {*_matching(directory, _STATE_FILES), *_contents(directory, {**_STATE_FOLDERS, **_LOGS})}
    subfolders = {directory / name for name in (*_STATE_FOLDERS, *_LOGS)}
    present = {*directory.iterdir()} - subfolders
    for folder in subfolders:
        present |= {*folder.iterdir()} if folder.is_dir() and not folder.is_symlink() else set()
    return present <= known and any((directory / sign).exists() for sign in _SIGNS_OF_EARLIER_VERSIONS)


def remove_state(directory: Path) -> None:
    """Delete the state of a server that has ended: what Terraform and the server wrote. Logs stay.

    Raises:
        TaskError: The folder is not ours, or cannot be written.
    """
    if _check_removable(directory):
        _remove([*_matching(directory, _STATE_FILES), *_contents(directory, _STATE_FOLDERS)])
        _remove_empty(directory / name for name in _STATE_FOLDERS)


def remove(directory: Path) -> list[Path]:
    """Delete all that we made in the folder, and the folder if we made it. Return what is not ours and stays.

    Raises:
        TaskError: The folder is not ours, or cannot be written.
    """
    if not _check_removable(directory):
        return []
    remove_state(directory)
    _remove(_contents(directory, _LOGS))
    _remove_empty(directory / name for name in _LOGS)
    left = sorted(path for path in directory.iterdir() if path.name not in (MARKER, LOCK))
    if left:  # the marker stays too, so that a later `up` may use the folder again
        _remove([directory / LOCK])
        return left
    made = (directory / MARKER).read_bytes() == _MADE.encode()  # a damaged marker may be no text
    _remove([directory / LOCK, directory / MARKER])
    if made:
        _remove_empty([directory])
    return []


def _check_removable(directory: Path) -> bool:
    """Return whether there is something that we may delete.

    Raises:
        TaskError: What is there is not ours.
    """
    _check_is_folder(directory)
    if not directory.exists() or (not is_ours(directory) and not any(directory.iterdir())):
        return False
    if not is_ours(directory) and not _is_from_earlier_version(directory):
        raise TaskError(f"{directory} was not made by `make up` (it has no file {MARKER}), so nothing was deleted.")
    if not is_ours(directory):
        _adopt(directory)
    return True


def _matching(directory: Path, patterns: Sequence[str]) -> list[Path]:
    """Return what is in a folder under one of these names; nothing if it is a link or not a folder."""
    if directory.is_symlink() or not directory.is_dir():
        return []
    return [path for path in directory.iterdir() if any(fnmatch(path.name, pattern) for pattern in patterns)]


def _contents(directory: Path, folders: Mapping[str, Sequence[str]]) -> list[Path]:
    return [path for name, patterns in folders.items() for path in _matching(directory / name, patterns)]


def _remove(paths: Sequence[Path]) -> None:
    try:
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise TaskError(f"{error.filename} cannot be deleted: {error.strerror}.") from error


def _remove_empty(folders: Iterator[Path] | Sequence[Path]) -> None:
    """Delete the folders that are empty now."""
    for folder in folders:
        if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Let only one command at a time change the local AWS of a folder. A folder that is not ours is not locked.

    Raises:
        TaskError: Another command works on it.
    """
    if not is_ours(directory):
        yield
        return
    descriptor = _lock(directory / LOCK)
    try:
        yield
    finally:
        os.close(descriptor)  # which unlocks it


def find_holder(directory: Path) -> str | None:
    """Return the process id of the command that works on the folder; None if there is none."""
    try:
        descriptor = os.open(directory / LOCK, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _read_holder(descriptor: int) -> str:
    return os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"


def _lock(path: Path) -> int:
    """Return the descriptor of the locked file. It is not inherited, so that a server does not keep the lock."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read_holder(descriptor)
            os.close(descriptor)
            raise TaskError(
                f"Another command (process {holder}) is starting or stopping the local AWS in "
                f"{path.parent}. Wait until it has ended, then try again."
            ) from None
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            os.truncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            return descriptor
        os.close(descriptor)  # `down` has deleted the file between open and lock
