"""Builds build/<function>.zip for Lambda: the function, what it imports, and nothing else.

Each folder of functions/ with a handler.py is a function. Its zip holds its own modules, those of animal_recommender
and of the locked third-party packages (functions/requirements.txt) that it reaches by import, and their licences.
boto3 is not packed, as the Lambda runtime has it. The same source gives the same bytes on every machine: so there is no
compiled .pyc, which would spare a cold start a seventh of its time, but which only the target's own Python can write.
"""

import argparse
import hashlib
import os
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.build.imports import closure
from scripts.build.wheels import MACHINES, PackagingError, Target, licences, unpacked

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ROOT / "functions"
BUILD = ROOT / "build"
MAX_BYTES = 3_000_000

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


def function_names(functions: Path = FUNCTIONS) -> list[str]:
    """List the functions: the folders with a handler.py."""
    return sorted(handler.parent.name for handler in functions.glob("*/handler.py"))


def contents(name: str, functions: Path, vendored: Path) -> dict[str, Path]:
    """List what a function's zip holds: path in the zip -> file."""
    modules = closure(functions / name / "handler.py", functions, vendored)
    others = {path.split("/")[0] for path in modules} & set(function_names(functions)) - {name}
    if others:
        raise PackagingError(f"{name} imports {', '.join(sorted(others))}: functions never import each other")
    packages = {
        path.split("/")[0].removesuffix(".py") for path, file in modules.items() if file.is_relative_to(vendored)
    }
    return modules | licences(vendored, packages)


def write_zip(target: Path, files: Mapping[str, Path]) -> None:
    """Write a zip whose bytes depend on the files' content and paths only; it appears whole or not at all."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _REGULAR_FILE
            archive.writestr(entry, files[path].read_bytes(), zipfile.ZIP_DEFLATED, 9)
    part.replace(target)


def build(name: str, target: Target, output: Path, vendored: Path) -> str:
    """Build one function's zip and answer a line about it. Raises PackagingError if it is too large."""
    files = contents(name, FUNCTIONS, vendored)
    archive = output / f"{name}.zip"
    write_zip(archive, files)
    size = archive.stat().st_size
    if size > MAX_BYTES:
        raise PackagingError(f"{archive.name} has {size:,} bytes, more than {MAX_BYTES:,}: see what it imports")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:12]
    compiled = sorted(path for path in files if path.endswith(".so"))
    note = f"  COMPILED for {target.runtime} {target.architecture}: {', '.join(compiled)}" if compiled else ""
    return f"{name:<28}{len(files):>4} files {size / 1000:>7.1f} kB  {digest}{note}"


def remove_stale(output: Path, names: Sequence[str]) -> None:
    """Delete zips of functions that are no more, so that nothing deploys them."""
    for archive in output.glob("*.zip"):
        if archive.stem not in names:
            archive.unlink()
            print(f"{archive.name} removed: there is no such function")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the named functions, or all; answers the exit code."""
    options = _parser().parse_args(arguments)
    names = function_names()
    unknown = sorted(set(options.names) - set(names))
    if unknown:
        print(f"No such function: {', '.join(unknown)}. There are: {', '.join(names)}", file=sys.stderr)
        return 2
    started = time.monotonic()
    target = Target(options.runtime, options.architecture)
    try:
        _build_all(options.names or names, target, options.output)
    except PackagingError as error:
        print(f"Packaging failed: {error}", file=sys.stderr)
        return 1
    if not options.names:
        remove_stale(options.output, names)
    print(
        f"{len(options.names or names)} packages for {target.runtime} {target.architecture} "
        f"in {time.monotonic() - started:.1f} s"
    )
    return 0


def _build_all(names: Sequence[str], target: Target, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    vendored = unpacked(FUNCTIONS / "requirements.txt", target, BUILD / ".wheels")
    for name in names:
        print(build(name, target, output, vendored), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
