"""Clients that generators make of the OpenAPI description: right use compiles, and wrong use does not.

The files `use` have both. A line that must not compile is marked, and the compiler reports a mark on a right line.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.common.environments import ROOT
from tests.support.node import install_tools

HERE = Path(__file__).parent
DESCRIPTION = ROOT / "modules" / "http_api" / "openapi.yaml"
TYPESCRIPT = {
    "openapi_typescript": ["openapi-typescript", str(DESCRIPTION), "--output", "generated.d.ts"],
    "hey_api": [
        "openapi-ts",
        "--input",
        str(DESCRIPTION),
        "--output",
        "generated",
        "--client",
        "@hey-api/client-fetch",
    ],
}


def run(folder: Path, *command: str) -> str:
    """Run a program, and fail the test with its output if it fails; return the output."""
    path = os.pathsep.join(
        [str(folder / "node_modules" / ".bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    )
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=TYPESCRIPT)
def typescript(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a generated TypeScript client, and a file that uses it."""
    install_tools(HERE, "what client generators make of the OpenAPI description")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    shutil.copy(HERE / "typescript" / request.param / "use.ts", folder)
    shutil.copy(HERE / "typescript" / "tsconfig.json", folder)
    run(folder, *TYPESCRIPT[request.param])
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a generated Python client, and a file that uses it."""
    folder = tmp_path_factory.mktemp("python")
    shutil.copy(HERE / "python" / "use.py", folder)
    run(
        folder,
        *("openapi-python-client", "generate", "--path", str(DESCRIPTION)),
        *("--output-path", "generated", "--meta", "none"),
    )
    return folder


@contextmanager
def without_mark(use: Path, mark: str) -> Iterator[None]:
    """Remove the first mark of a mistake from a file while the block runs."""
    marked = use.read_text()
    assert marked.count(mark) > 5
    use.write_text(marked.replace(mark, "", 1))
    yield
    use.write_text(marked)


def check_python(folder: Path) -> None:
    options = ["--strict", "--warn-unused-ignores", "--follow-imports=silent", "--cache-dir", os.devnull]
    run(folder, "mypy", *options, "--config-file", os.devnull, "use.py")


def test_given_a_typescript_client_then_right_use_compiles_and_wrong_use_does_not(typescript: Path) -> None:
    run(typescript, "tsc", "--project", ".")


def test_given_a_typescript_client_when_a_mistake_is_not_marked_then_it_does_not_compile(typescript: Path) -> None:
    with (
        without_mark(typescript / "use.ts", "  // @ts-expect-error"),
        pytest.raises(AssertionError, match="error TS"),
    ):
        run(typescript, "tsc", "--project", ".")


def test_given_a_python_client_then_right_use_passes_mypy_and_wrong_use_does_not(python: Path) -> None:
    check_python(python)


def test_given_a_python_client_when_a_mistake_is_not_marked_then_it_does_not_pass(python: Path) -> None:
    with (
        without_mark(python / "use.py", "  # type: ignore[call-arg]"),
        pytest.raises(AssertionError, match="Missing positional argument"),
    ):
        check_python(python)
