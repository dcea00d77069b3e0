"""Only what the local AWS made is ever deleted, whatever folder it is told to use."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scripts.common.environments import ROOT
from scripts.common.task import TaskError
from scripts.demo import local_folder

OF_OTHERS = ("terraform/main.tf", "aws/notes.txt", ".git/HEAD", "logs/app.log", "a.txt")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "local"


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content")


def write_own_files(folder):
    write(
        folder,
        "aws/packages/f/handler.py",
        "aws/runtime-modules/six.py",
        "logs/server.log",
        "server.pid",
        "terraform/modules/modules.json",
        "terraform/providers/aws",
        "terraform.tfstate",
        "terraform.tfstate.backup",
    )


def files_of(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_given_a_new_folder_when_removed_then_nothing_is_left(folder):
    local_folder.claim(folder)
    write_own_files(folder)
    assert local_folder.remove(folder) == []
    assert not folder.exists()


def test_given_an_empty_folder_of_somebody_when_removed_then_it_is_empty_again(folder):
    folder.mkdir()
    local_folder.claim(folder)
    write_own_files(folder)
    local_folder.remove(folder)
    assert [*folder.iterdir()] == []


def test_given_a_folder_with_files_of_others_then_it_is_neither_used_nor_emptied(folder):
    write(folder, *OF_OTHERS)
    with pytest.raises(TaskError, match="did not make, so it is not used"):
        local_folder.claim(folder)
    for delete in (local_folder.remove, local_folder.remove_state):
        with pytest.raises(TaskError, match="nothing was deleted"):
            delete(folder)
    assert files_of(folder) == sorted(OF_OTHERS)


def test_given_our_folder_with_files_of_others_when_removed_then_those_stay_and_are_named(folder):
    local_folder.claim(folder)
    write_own_files(folder)
    write(folder, "notes/todo.txt", "aws/notes.txt", "terraform/main.tf", "logs/app.log")
    left = local_folder.remove(folder)
    assert [path.name for path in left] == ["aws", "logs", "notes", "terraform"]
    assert files_of(folder) == [
        local_folder.MARKER,
        "aws/notes.txt",
        "logs/app.log",
        "notes/todo.txt",
        "terraform/main.tf",
    ]


def test_given_a_folder_of_an_earlier_version_then_it_is_used_and_removed(folder):
    write_own_files(folder)
    local_folder.claim(folder)
    assert local_folder.is_ours(folder)
    assert local_folder.remove(folder) == []
    assert not folder.exists()


@pytest.mark.parametrize("other", OF_OTHERS)
def test_given_one_file_that_no_earlier_version_made_then_the_folder_is_not_taken_for_one(folder, other):
    write_own_files(folder)
    write(folder, other)
    before = files_of(folder)
    with pytest.raises(TaskError):
        local_folder.claim(folder)
    with pytest.raises(TaskError):
        local_folder.remove(folder)
    assert files_of(folder) == before


def test_given_folders_of_somebody_with_the_same_names_then_they_are_not_deleted(folder):
    write(folder, "terraform/modules/network/main.tf")
    with pytest.raises(TaskError):
        local_folder.remove(folder)
    assert files_of(folder) == ["terraform/modules/network/main.tf"]


def test_given_a_folder_that_is_not_there_then_there_is_nothing_to_remove(folder):
    assert local_folder.remove(folder) == []
    assert not folder.exists()


def test_given_a_file_or_a_link_instead_of_a_folder_then_it_is_named(folder, tmp_path):
    folder.write_text("a file")
    with pytest.raises(TaskError, match="is not a folder"):
        local_folder.claim(folder)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for use in (local_folder.claim, local_folder.remove):
        with pytest.raises(TaskError, match="is a symbolic link"):
            use(link)


@pytest.mark.parametrize("name", ["aws", "terraform", "logs"])
def test_given_a_link_inside_our_folder_then_it_is_not_followed(folder, tmp_path, name):
    local_folder.claim(folder)
    write(tmp_path / "elsewhere", "packages/x", "modules/x", "server.log")
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TaskError, match="is not a folder of the local AWS"):
        local_folder.claim(folder)
    assert [path.name for path in local_folder.remove(folder)] == [name]
    assert len(files_of(tmp_path / "elsewhere")) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_given_a_folder_that_may_not_be_written_then_it_is_named(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(TaskError, match="Permission denied"):
            local_folder.claim(tmp_path / "local")
    finally:
        tmp_path.chmod(0o700)


def test_given_a_folder_in_a_file_then_it_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TaskError, match="cannot be used for the local AWS: Not a directory"):
        local_folder.claim(tmp_path / "file" / "local")


def test_given_a_command_at_work_when_another_starts_then_it_is_refused_with_the_process(folder):
    local_folder.claim(folder)
    with (
        local_folder.exclusive(folder),
        pytest.raises(TaskError, match=rf"Another command \(process {os.getpid()}\)"),
        local_folder.exclusive(folder),
    ):
        pass
    with local_folder.exclusive(folder):
        local_folder.remove(folder)
    assert not folder.exists()


def test_given_a_damaged_marker_when_removed_then_our_files_go_and_the_folder_stays(folder):
    local_folder.claim(folder)
    (folder / local_folder.MARKER).write_bytes(b"\xff\xfe\x00")
    (folder / "terraform.tfstate").write_text("")

    assert local_folder.remove(folder) == []
    assert list(folder.iterdir()) == []


# Takes the folder, says so, and keeps it until its standard input is closed.
COMPETITOR = """
import sys
from pathlib import Path
from scripts.common.task import TaskError
from scripts.demo import local_folder
folder = Path(sys.argv[1])
try:
    local_folder.claim(folder)
    with local_folder.exclusive(folder):
        print("took it", flush=True)
        sys.stdin.read()
except TaskError as error:
    print(error, flush=True)
"""


def test_given_several_commands_at_once_then_one_gets_the_folder_and_the_others_say_so(folder):
    commands = [
        subprocess.Popen(
            [sys.executable, "-c", COMPETITOR, str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = [command.stdout.readline() for command in commands]
    for command in commands:
        command.communicate(timeout=30)
    assert sum(line == "took it\n" for line in said) == 1
    assert sum("Another command (process" in line for line in said) == 3
    local_folder.remove(folder)
    assert not folder.exists()
