"""The TypeScript client: its own tests, and the files in `dist` that pages load."""

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.common.environments import ROOT
from tests.support.node import install_tools

CLIENT = ROOT / "clients" / "javascript"
DIST = CLIENT / "dist"
SOURCES = ("package.json", "tsconfig.json", "tsconfig.test.json", "src", "test")


def npm(folder: Path, *arguments: str) -> None:
    """Run npm, and fail the test with its output if it fails."""
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with their tools, so that nothing in the working copy changes."""
    install_tools(CLIENT, "the TypeScript client")
    folder = tmp_path_factory.mktemp("client")
    for name in SOURCES:
        source, target = CLIENT / name, folder / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    (folder / "dist").mkdir()
    (folder / "node_modules").symlink_to(CLIENT / "node_modules")
    return folder


def test_given_the_sources_then_their_tests_pass(copy: Path) -> None:
    npm(copy, "test")


@pytest.mark.parametrize("wrong", ["client.track(1, {})", "client.recommend({ limit: '6' })"])
def test_given_wrong_use_then_it_does_not_compile(copy: Path, wrong: str) -> None:
    given = 'import { createClient } from "../src/client.js";\nconst client = createClient({ endpoint: "/" });\n'
    (copy / "test" / "wrong.ts").write_text(f"{given}{wrong};\n")
    done = subprocess.run(["npm", "run", "check"], cwd=copy, capture_output=True, text=True, check=False)
    (copy / "test" / "wrong.ts").unlink()
    assert done.returncode != 0
    assert "test/wrong.ts(3," in done.stdout


def test_given_the_sources_then_the_files_in_dist_are_built_from_them(copy: Path) -> None:
    npm(copy, "run", "build")
    built = {path.name: path.read_text() for path in (copy / "dist").iterdir()}
    assert {path.name: path.read_text() for path in DIST.iterdir()} == built, "make client builds dist again"


def test_given_the_built_client_then_it_is_one_small_file() -> None:
    code = (DIST / "client.js").read_bytes()
    assert len(gzip.compress(code, 9)) < 5000
    assert b"import" not in code  # no other file is needed
    assert "dependencies" not in json.loads((CLIENT / "package.json").read_text())
