"""Find the modules that a program needs by reading its source, without running any of it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Imported for type checkers only.
_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def find_modules(start: Path, own: Path, vendored: Path) -> dict[str, Path]:
    """Find the modules that file `start` reaches by import, itself and every parent package included.

    Return path inside its root (`a/b.py`) -> file, for the roots `own` and `vendored`; what is in neither (the
    standard library, boto3) is left out. Imports inside functions count in our own code. In vendored code they do not:
    they belong to features that we do not use, such as Powertools' support for pydantic with its HTTP framework.
    """
    searched = (own, vendored)
    found: dict[str, Path] = {}
    waiting = [start]
    while waiting:
        file = waiting.pop()
        inside = _inside(file, searched)
        if inside in found:
            continue
        found[inside] = file
        for name in _names(file, inside, file.is_relative_to(own)):
            waiting.extend(_files(name, searched))
    return dict(sorted(found.items()))


def _inside(file: Path, roots: tuple[Path, ...]) -> str:
    return next(file.relative_to(root).as_posix() for root in roots if file.is_relative_to(root))


@cache
def _names(file: Path, inside: str, deferred: bool) -> tuple[str, ...]:
    """List the full dotted names that a file imports; of `from a import b` both a and a.b, as b may be a module."""
    package = Path(inside).parent.parts
    tree = ast.parse(file.read_bytes(), str(file))
    return tuple(dict.fromkeys(name for node in _runtime_nodes(tree, deferred) for name in _imported(node, package)))


def _runtime_nodes(tree: ast.AST, deferred: bool) -> Iterator[ast.AST]:
    """Yield the nodes that run when the file is imported, and with `deferred` those that may run later."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not deferred:
            continue
        inner: ast.AST = node
        if isinstance(node, ast.If) and ast.unparse(node.test) in _TYPE_CHECKING:
            inner = ast.Module(node.orelse, [])
        yield node
        yield from _runtime_nodes(inner, deferred)


def _imported(node: ast.AST, package: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else ()
        base = ".".join((*above, *([node.module] if node.module else [])))
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def _files(name: str, roots: tuple[Path, ...]) -> list[Path]:
    """Return the files of a module and of the packages around it; none if no root has it."""
    parts = name.split(".")
    for root in roots:
        files = [_file(root.joinpath(*parts[: depth + 1])) for depth in range(len(parts))]
        if files[0]:
            return [file for file in files if file]
    return []


def _file(path: Path) -> Path | None:
    candidates = (path / "__init__.py", path.with_suffix(".py"), *path.parent.glob(f"{path.name}.*.so"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)
