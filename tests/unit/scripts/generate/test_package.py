"""Builds of single packages, and what refuses one."""

from pathlib import Path

import pytest

from scripts.common.task import TaskError
from scripts.generate import package
from scripts.generate.package import FUNCTIONS, main, write_zip
from scripts.generate.wheels import Target, unpack


def test_given_files_touched_then_the_zip_does_not_change(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("a = 1\n")
    write_zip(tmp_path / "1.zip", {"b/a.py": source, "a.py": source})
    source.chmod(0o755)
    write_zip(tmp_path / "2.zip", {"a.py": source, "b/a.py": source})

    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_given_an_unknown_function_then_the_legal_names_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["put_event"]) == 2

    assert "put_events" in capsys.readouterr().err


def test_given_a_package_too_large_then_the_build_fails_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package, "MAX_BYTES", 1000)

    assert main(["recommend", "--output", str(tmp_path)]) == 1

    assert "recommend.zip" in capsys.readouterr().err


def test_given_a_function_that_imports_another_then_the_build_fails(tmp_path: Path) -> None:
    for name, source in {"one": "import two.handler\n", "two": ""}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "handler.py").write_text(source)

    with pytest.raises(TaskError, match="one imports two"):
        package.collect_files("one", tmp_path, tmp_path / "vendored")


def test_given_a_locked_package_then_its_used_parts_and_licence_are_packed_and_compiled_code_is_told(
    locked: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requirements, cache = locked
    functions = requirements.parent
    (functions / "f").mkdir()
    (functions / "f" / "handler.py").write_text("import lib")
    monkeypatch.setattr(package, "FUNCTIONS", functions)
    vendored = unpack(requirements, Target("python3.13", "arm64"), cache)

    assert list(package.collect_files("f", functions, vendored)) == [
        "f/handler.py",
        "lib/__init__.py",
        "lib/fast.cpython-313-aarch64.so",
        "lib-1.dist-info/LICENSE",
    ]
    line = package.build("f", Target("python3.13", "arm64"), functions, vendored)
    assert "COMPILED for python3.13 arm64: lib/fast.cpython-313-aarch64.so" in line


def test_given_the_lockfile_then_every_requirement_is_pinned_with_its_hash() -> None:
    lines = (FUNCTIONS / "requirements.txt").read_text().splitlines()
    pinned = [line for line in lines if "==" in line and not line.startswith("#")]
    assert pinned
    assert all(lines[lines.index(line) + 1].strip().startswith("--hash=sha256:") for line in pinned)
