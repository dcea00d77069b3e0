"""Wheels for the target platform."""

from pathlib import Path

import pytest

from scripts.common.task import TaskError
from scripts.generate import wheels
from scripts.generate.wheels import Target, unpack


def test_given_a_lockfile_pip_cannot_satisfy_then_the_error_names_it(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("not a requirement !!\n")

    with pytest.raises(TaskError, match=r"requirements\.txt for python3\.13 on arm64"):
        unpack(tmp_path / "requirements.txt", Target("python3.13", "arm64"), tmp_path / "cache")


def test_given_a_second_build_then_wheels_come_from_the_cache_of_their_target(
    locked: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements, cache = locked
    first = {name: unpack(requirements, Target("python3.13", name), cache) for name in ("arm64", "x86_64")}
    monkeypatch.setattr(wheels, "_download", None)

    assert unpack(requirements, Target("python3.13", "arm64"), cache) == first["arm64"] != first["x86_64"]
    assert (first["x86_64"] / "lib" / "fast.cpython-313-aarch64.so").read_text() == "x86_64"


def test_given_a_target_then_its_platforms_are_those_its_glibc_can_load() -> None:
    assert Target("python3.13", "arm64").platforms()[0] == "manylinux_2_34_aarch64"
    assert Target("python3.11", "x86_64").platforms()[0] == "manylinux_2_26_x86_64"
    assert Target("python3.13", "arm64").platforms()[-1] == "manylinux2014_aarch64"
