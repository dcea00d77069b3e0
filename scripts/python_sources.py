"""Python sources as trees, and what an expression in them may stand for: enough of it to follow a call's parameters."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

Node = ast.AST
Kind = TypeVar("Kind", bound=ast.AST)
_DEPTH = 8  # of names that stand for names; ends circles


class Sources:
    """Parsed files; every node knows its parent and its file."""

    def __init__(self, texts: Iterable[tuple[Path, str]]) -> None:
        self._parents: dict[int, Node] = {}
        self._paths: dict[int, Path] = {}
        self._kinds: dict[type, list[Node]] = defaultdict(list)
        self.definitions: dict[str, list[Node]] = defaultdict(list)
        self._imported: dict[tuple[Path, str], str] = {}  # a name of a file -> the end of the path it comes from
        for path, text in texts:
            for node in ast.walk(ast.parse(text, str(path))):
                self._kinds[type(node)].append(node)
                self._paths[id(node)] = path
                self._parents.update((id(child), node) for child in ast.iter_child_nodes(node))
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    self.definitions[node.name].append(node)
                if isinstance(node, ast.ImportFrom) and node.module:
                    source = f"{node.module.replace('.', '/')}.py"
                    self._imported.update({(path, name.asname or name.name): source for name in node.names})

    @classmethod
    def of(cls, folders: Iterable[Path]) -> Sources:
        """All Python files under these folders."""
        paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
        return cls((path, path.read_text(encoding="utf-8")) for path in paths)

    def nodes(self, kind: type[Kind]) -> list[Kind]:
        """All nodes of a kind, file by file."""
        return self._kinds[kind]

    def parent(self, node: Node) -> Node | None:
        """What the node is part of; None of a module."""
        return self._parents.get(id(node))

    def path(self, node: Node) -> Path:
        """The file of the node."""
        return self._paths[id(node)]

    def scopes(self, node: Node) -> Iterator[Node]:
        """The functions around a node, from within, and last its module."""
        around = self.parent(node)
        while around is not None:
            if isinstance(around, ast.FunctionDef | ast.Module):
                yield around
            around = self.parent(around)

    def near(self, name: str, node: Node, kind: type[Kind]) -> list[Kind]:
        """Functions or classes of this name: of the same file, else imported, else of the same folder, else all."""
        found = [one for one in self.definitions[name] if isinstance(one, kind)]
        here = self.path(node)
        source = self._imported.get((here, name), "nowhere")
        return (
            [one for one in found if self.path(one) == here]
            or [one for one in found if self.path(one).as_posix().endswith(f"/{source}")]
            or [one for one in found if self.path(one).parent == here.parent]
            or found
        )


@dataclass
class Parameters:
    """A dict's values by key; `complete` if there can be no others."""

    values: dict[str, Node] = field(default_factory=dict)
    complete: bool = True

    def merge(self, other: Parameters | None) -> None:
        """Take in what another dict adds; None: one that is not known."""
        self.values |= other.values if other is not None else {}
        self.complete = self.complete and other is not None and other.complete


class Resolver:
    """Follows names to what is assigned to them or passed for them, and calls to what the functions return."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._names: dict[tuple[int, str], list[Node]] = defaultdict(list)  # by scope
        self._attributes: dict[tuple[Path, str], list[Node]] = defaultdict(list)
        self._keys: dict[tuple[int, str], dict[str, Node]] = defaultdict(dict)  # name["key"] = value, by scope
        self._calls: dict[str, list[ast.Call]] = defaultdict(list)
        self._returns: dict[int, list[Node]] = defaultdict(list)
        for kind in (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr):
            for node in sources.nodes(kind):
                self._index_assignment(node)
        for call in sources.nodes(ast.Call):
            self._calls[name_of(call.func)].append(call)
        for node in sources.nodes(ast.Return):
            if node.value is not None:
                self._returns[id(next(sources.scopes(node)))].append(node.value)

    def _index_assignment(self, node: Node) -> None:
        scope = id(next(self._sources.scopes(node)))
        for target, value in _assignments(node):
            if isinstance(target, ast.Name):
                self._names[scope, target.id].append(value)
            elif isinstance(target, ast.Attribute):
                self._attributes[self._sources.path(target), target.attr].append(value)
            elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                self._keys[scope, name_of(target.value)][target.slice.value] = value

    def keywords(self, call: ast.Call) -> Parameters:
        """The keyword arguments of a call, ``**`` included."""
        found = Parameters()
        for keyword in call.keywords:
            if keyword.arg is not None:
                found.values[keyword.arg] = keyword.value
            else:
                found.merge(self.parameters(keyword.value))
        return found

    def parameters(self, value: Node, depth: int = _DEPTH) -> Parameters | None:
        """The dict that an expression stands for; None if that cannot be told.

        Of several that it may be, the union; then none of its keys is held to be required.
        """
        dicts = [one for one in self.values(value, depth) if isinstance(one, ast.Dict | ast.BinOp | ast.DictComp)]
        if not dicts:
            return None
        found = Parameters(complete=len(dicts) == 1)
        for one in dicts:
            found.merge(self._literal(one, depth) if isinstance(one, ast.Dict) else self._computed(one, depth))
            found.values |= self._added(one)
        return found

    def _computed(self, value: ast.BinOp | ast.DictComp, depth: int) -> Parameters:
        """Two dicts that ``|`` joins, or the keys that a comprehension may take over from another dict."""
        found = Parameters()
        if isinstance(value, ast.BinOp):
            found.merge(self.parameters(value.left, depth - 1))
            found.merge(self.parameters(value.right, depth - 1))
        else:
            found.complete = False
            source = value.generators[0].iter
            if name_of(source) == "items" and isinstance(source, ast.Call) and isinstance(value.value, ast.Name):
                found.merge(self.parameters(source.func.value, depth - 1))
        return found

    def _added(self, made: Node) -> dict[str, Node]:
        """Keys that are added to a dict after it was made: ``name["key"] = value``."""
        assignment = self._sources.parent(made)
        targets = [target for target, _ in _assignments(assignment)] if assignment is not None else []
        return {
            key: value
            for target in targets
            if isinstance(target, ast.Name)
            for key, value in self._keys[id(next(self._sources.scopes(made))), target.id].items()
        }

    def _literal(self, value: ast.Dict, depth: int) -> Parameters:
        found = Parameters()
        for key, one in zip(value.keys, value.values, strict=True):
            if key is None:
                found.merge(self.parameters(one, depth - 1))
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                found.values[key.value] = one
            else:
                found.complete = False
        return found

    def elements(self, value: Node) -> Iterator[Node]:
        """The elements of the list, or the values of the map, that an expression stands for; as far as can be told."""
        for one in self.values(value):
            if isinstance(one, ast.List | ast.Tuple):
                yield from one.elts
            elif isinstance(one, ast.ListComp | ast.GeneratorExp):
                yield one.elt
            elif isinstance(one, ast.DictComp):
                yield one.value
            elif isinstance(one, ast.Dict):
                for key, each in zip(one.keys, one.values, strict=True):
                    yield from [each] if key is not None else self.elements(each)

    def values(self, value: Node, depth: int = _DEPTH) -> list[Node]:
        """The expressions that a value may come from; itself, if it cannot be followed further."""
        if depth == 0:
            return []
        if isinstance(value, ast.Name):
            return self._through(self._assigned(value), depth) or [value]
        if isinstance(value, ast.Attribute):
            return self._through(self._assigned_attribute(value), depth) or [value]
        if isinstance(value, ast.IfExp):
            return self._through([value.body, value.orelse], depth)
        if isinstance(value, ast.Call):
            return [value, *self._through(self._returned(value), depth)]
        return [value]

    def _through(self, sources: Iterable[Node], depth: int) -> list[Node]:
        return [found for source in sources for found in self.values(source, depth - 1)]

    def first_default(self, function: Node) -> Node | None:
        """The default of the first parameter of the function that is called, if all its parameters have one."""
        found = [one.args for one in self._sources.near(name_of(function), function, ast.FunctionDef)]
        return next((one.defaults[0] for one in found if one.defaults and len(one.defaults) == len(one.args)), None)

    def _assigned(self, name: ast.Name) -> list[Node]:
        """What is assigned to a name in the innermost scope that knows it, or passed for it by callers."""
        for scope in self._sources.scopes(name):
            parameters = _parameter_names(scope) if isinstance(scope, ast.FunctionDef) else []
            passed = self._passed(scope, parameters, name.id) if name.id in parameters else []
            if found := self._names[id(scope), name.id] + passed:
                return found
        return []

    def _passed(self, function: ast.FunctionDef, parameters: list[str], name: str) -> list[Node]:
        """The arguments of all calls of a function for one of its parameters; of a class for those of `__init__`."""
        owner = self._sources.parent(function)
        if not isinstance(owner, ast.ClassDef):
            return _arguments(self._calls_of(function), parameters, name)
        return _arguments(self._calls_of(owner if function.name == "__init__" else function), parameters[1:], name)

    def _calls_of(self, defined: ast.FunctionDef | ast.ClassDef) -> list[ast.Call]:
        calls = self._calls[defined.name]
        return [call for call in calls if defined in self._sources.near(defined.name, call, type(defined))]

    def _assigned_attribute(self, attribute: ast.Attribute) -> list[Node]:
        """What the file assigns to ``self.<name>``; of a dataclass, what it is made with."""
        if found := self._attributes[self._sources.path(attribute), attribute.attr]:
            return found
        around = self._sources.parent(attribute)
        while around is not None and not isinstance(around, ast.ClassDef):
            around = self._sources.parent(around)
        if around is None:
            return []
        fields = [one.target.id for one in around.body if isinstance(one, ast.AnnAssign)]
        return _arguments(self._calls_of(around), fields, attribute.attr)

    def _returned(self, call: ast.Call) -> list[Node]:
        """What the called function returns, if it is one of ours."""
        functions = self._sources.near(name_of(call.func), call, ast.FunctionDef)
        return [value for function in functions for value in self._returns[id(function)]]


def name_of(node: Node) -> str:
    """The last name of a name, an attribute or a call of one; empty for anything else."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _arguments(calls: Iterable[ast.Call], parameters: list[str], name: str) -> list[Node]:
    """What calls pass for a parameter, by position or by keyword."""
    if name not in parameters:
        return []
    position = parameters.index(name)
    by_position = [call.args[position] for call in calls if len(call.args) > position]
    by_keyword = [one.value for call in calls for one in call.keywords if one.arg == name]
    return by_position + by_keyword


def _assignments(node: Node) -> Iterator[tuple[Node, Node]]:
    """The (target, value) pairs of an assignment; ``a, b = x, y`` are two."""
    if isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value is not None:
        yield node.target, node.value
    for target in node.targets if isinstance(node, ast.Assign) else ():
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _parameter_names(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
