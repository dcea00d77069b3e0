"""What `make` was given reaches a command as it is, and never a shell."""

import subprocess
from pathlib import Path

import pytest

from scripts.common.environments import ROOT
from scripts.common.make import arguments_for


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("", []),
        ("--limit 5 'two words'", ["--limit", "5", "two words"]),
        ("auth0|5f7c8ec7c33c6c", ["auth0|5f7c8ec7c33c6c"]),
        ("o'neil 7", ["o'neil 7"]),
        ("$(touch x) `touch x`", ["$(touch", "x)", "`touch", "x`"]),
        ("; touch x & > x *", [";", "touch", "x", "&", ">", "x", "*"]),
    ],
)  # fmt: skip
def test_given_args_then_they_are_words_and_nothing_runs(args: str, expected: list[str]) -> None:
    assert arguments_for(["--environment", "dev"], {"ARGS": args}) == ["--environment", "dev", *expected]


def test_given_files_then_paths_with_spaces_and_apostrophes_stay_whole(tmp_path: Path) -> None:
    odd = tmp_path / "St. Mary's pets" / "items.csv"
    odd.parent.mkdir()
    odd.touch()
    other = odd.with_name("interactions of St. Mary's.csv")
    other.touch()
    assert arguments_for(["@FILE"], {"FILE": str(odd)}) == [str(odd)]
    assert arguments_for(["@FILE"], {"FILE": f"{odd} {other}"}) == [str(odd), str(other)]
    assert arguments_for(["@FILE"], {"FILE": ""}) == []
    assert arguments_for(["@FILE"], {"FILE": "items.csv interactions.csv"}) == ["items.csv", "interactions.csv"]


RECIPES = [line for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines() if line.startswith("\t")]


def test_given_the_makefile_then_no_recipe_contains_a_value_of_its_caller() -> None:
    values = ("ARGS", "ENV", "FILE", "MODEL", "NAME", "USER")
    assert [line for line in RECIPES for name in values if f"$({name})" in line or f"${{{name}}}" in line] == []


@pytest.mark.parametrize(
    "value", ["auth0|5f7c; echo executed", "$(echo executed)", "`echo executed`", "a'b\"c", "$HOME"]
)
@pytest.mark.parametrize("name", ["ARGS", "NAME", "MODEL", "ENV", "FILE", "USER"])
def test_given_any_value_when_make_runs_a_command_then_the_command_gets_it_unchanged(
    tmp_path: Path, name: str, value: str
) -> None:
    # Given the Makefile with a python that prints what it gets
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / ".installed").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@"; printf "%s\\n" "${name}"\n', encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text(encoding="utf-8"), encoding="utf-8")
    for file in ("requirements/dev.txt", "pyproject.toml", "local/pyproject.toml"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / ".venv" / ".installed").touch()
    target = {"MODEL": "rollback", "FILE": "check-seed", "USER": "forget-user"}.get(name, "query")
    # When a value with a special meaning in shells is given
    done = subprocess.run(
        ["make", "-C", str(tmp_path), target, f"{name}={value}"], capture_output=True, text=True, check=False
    )
    # Then it arrives whole
    assert done.returncode == 0, done.stderr
    assert value in done.stdout
    assert "\nexecuted" not in done.stdout
