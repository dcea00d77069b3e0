"""Build build/<function>.zip for Lambda: the function, what it imports, and nothing else.

Each folder of functions/ with a handler.py is a function. Its zip has its own modules, those modules of
animal_recommender and of the locked third-party packages (functions/requirements.txt) that it imports, and their
licences. boto3 is not packed, as the Lambda runtime has it. The same source gives the same bytes on every machine. So
there is no compiled .pyc, which would save a seventh of a cold start, but only the target's own Python can write it.
"""

import argparse
import hashlib
import os
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.common.environments import ROOT
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import print_error
from scripts.generate.imports import find_modules
from scripts.generate.wheels import MACHINES, Target, find_licences, unpack

FUNCTIONS = ROOT / "functions"
STAND_INS = FUNCTIONS / "stand_ins"  # small modules in place of large vendored ones
BUILD = ROOT / "build"
MAX_BYTES = 3_000_000

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


def function_names(functions: Path = FUNCTIONS) -> list[str]:
    """Return the names of the functions: the folders with a handler.py."""
    return sorted(handler.parent.name for handler in functions.glob("*/handler.py"))


def collect_files(name: str, functions: Path, vendored: Path) -> dict[str, Path]:
    """Return the contents of a function's zip: path in the zip -> file.

    Raises:
        TaskError: The function imports another function.
    """
    modules = find_modules(functions / name / "handler.py", functions, vendored)
    others = {path.split("/")[0] for path in modules} & set(function_names(functions)) - {name}
    if others:
        raise TaskError(f"{name} imports {', '.join(sorted(others))}: functions never import each other")
    modules |= {path: STAND_INS / path for path in modules if (STAND_INS / path).is_file()}
    packages = {
        path.split("/")[0].removesuffix(".py") for path, file in modules.items() if file.is_relative_to(vendored)
    }
    return modules | find_licences(vendored, packages)


def write_zip(target: Path, files: Mapping[str, Path]) -> None:
    """Write a zip whose bytes depend on nothing but the files' content and paths; rename it once it is complete."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _REGULAR_FILE
            archive.writestr(entry, files[path].read_bytes(), zipfile.ZIP_DEFLATED, 9)
    part.replace(target)


def build(name: str, target: Target, output: Path, vendored: Path) -> str:
    """Build one function's zip; return a line about it.

    Raises:
        TaskError: The zip is too large.
    """
    files = collect_files(name, FUNCTIONS, vendored)
    archive = output / f"{name}.zip"
    write_zip(archive, files)
    size = archive.stat().st_size
    if size > MAX_BYTES:
        raise TaskError(f"{archive.name} has {size:,} bytes, more than {MAX_BYTES:,}: see what it imports")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:12]
    compiled = sorted(path for path in files if path.endswith(".so"))
    note = f"  COMPILED for {target.runtime} {target.architecture}: {', '.join(compiled)}" if compiled else ""
    return f"{name:<28}{len(files):>4} files {size / 1000:>7.1f} kB  {digest}{note}"


def remove_stale(output: Path, names: Sequence[str]) -> None:
    """Delete zips of functions that no longer exist, so that nothing deploys them."""
    for archive in output.glob("*.zip"):
        if archive.stem not in names:
            archive.unlink()
            print(f"{archive.name} removed: the function no longer exists")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = _parser().parse_args(arguments)
    names = function_names()
    if unknown := sorted(set(given.names) - set(names)):
        print_error(f"No such function: {', '.join(unknown)}. There are: {', '.join(names)}")
        return 2
    return run_task(lambda: build_packages(given.names, Target(given.runtime, given.architecture), given.output))


def build_packages(wanted: Sequence[str], target: Target, output: Path) -> None:
    """Build the functions `wanted`; if none is named, build all and delete the zips of functions that are gone.

    Raises:
        TaskError: A package cannot be built.
    """
    started = time.monotonic()
    names = wanted or function_names()
    output.mkdir(parents=True, exist_ok=True)
    vendored = unpack(FUNCTIONS / "requirements.txt", target, BUILD / ".wheels")
    for name in names:
        print(build(name, target, output, vendored), flush=True)
    if not wanted:
        remove_stale(output, names)
    seconds = time.monotonic() - started
    print(f"{len(names)} packages for {target.runtime} {target.architecture} in {seconds:.1f} s")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.generate.package",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="functions to build; all of them if none is named")
    parser.add_argument(
        "--runtime", default=os.environ.get("RUNTIME", "python3.13"), help="default: $RUNTIME or python3.13"
    )
    parser.add_argument(
        "--architecture",
        default=os.environ.get("ARCHITECTURE", "arm64"),
        choices=sorted(MACHINES),
        help="default: $ARCHITECTURE or arm64",
    )
    parser.add_argument("--output", type=Path, default=BUILD, help="default: build/")
    return parser


if __name__ == "__main__":
    sys.exit(main())
