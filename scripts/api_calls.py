"""The AWS API calls that Python sources make, held against botocore's own models of the services.

``python -m scripts.api_calls [--check] [FOLDER …]`` lists for each file the operations that it calls. A call is found
by its client: made by ``client("service")`` of any kind, or named like the service (``personalize``, ``self._sqs``).
Parameters are followed through keyword arguments, dict literals, ``**`` of a local dict or of a function that returns
one, and into nested structures. What cannot be followed is not judged.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore.session
from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from scripts.environments import ROOT
from scripts.python_sources import Node, Parameters, Resolver, Sources, name_of
from scripts.terminal import console

FOLDERS = (ROOT / "functions", ROOT / "scripts")
_NICKNAMES = {"runtime": "personalize-runtime", "machine": "stepfunctions", "lambda-client": "lambda"}
_NOT_OPERATIONS = {"exceptions", "meta", "can_paginate", "close", "waiter_names", "get_paginator", "get_waiter"}
_NOT_CLIENTS = {name for kind in (str, bytes, list, dict, set, tuple, Path) for name in dir(kind)}


@dataclass(frozen=True)
class Problem:
    """Something in a call that the service does not know."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Call:
    """A reference to an operation of a service; `parameters` is None where they cannot be seen."""

    path: Path
    node: Node
    service: str
    method: str
    parameters: Parameters | None


@cache
def operations(service: str) -> dict[str, OperationModel]:
    """The operations of a service by the names of a client's methods."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


@cache
def _paginated(service: str) -> set[str]:
    config = botocore.session.get_session().get_component("data_loader").load_service_model(service, "paginators-1")
    return {xform_name(name) for name in config["pagination"]}


class Walker:
    """Finds the calls of a set of sources, and what is wrong with them."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._resolver = Resolver(sources)
        self._made = {id(node): service for node in sources.nodes(ast.Call) if (service := self._maker(node))}
        self.services = set(self._made.values())

    def calls(self) -> Iterator[Call]:
        """Every operation that a client is asked for: called, paginated, or handed on as a callable."""
        for node in self._sources.nodes(ast.Attribute):
            service = None if node.attr in _NOT_OPERATIONS | _NOT_CLIENTS else self._service(node.value, node.attr)
            if service is not None:
                yield self._call(node, service, node.attr, self._arguments(node))
        for node in self._sources.nodes(ast.Call):
            yield from self._stored(node)
            if name_of(node.func) == "get_paginator" and isinstance(node.args[0], ast.Constant):
                method = node.args[0].value
                service = self._service(node.func.value, method)
                if service is not None:
                    yield self._call(node, service, method, self._page_arguments(node))

    def _stored(self, node: ast.Call) -> Iterator[Call]:
        """The call of an operation that was kept under another name; of several that it may be, none is judged."""
        callables = {id(one): one for one in self._resolver.values(node.func) if isinstance(one, ast.Attribute)}
        for one in callables.values() if len(callables) == 1 and id(node.func) not in callables else ():
            service = self._service(one.value, one.attr)
            if service is not None and one.attr in operations(service):
                yield self._call(node.func, service, one.attr, self._resolver.keywords(node))

    def problems(self) -> Iterator[Problem]:
        """What the services do not know of all that."""
        for call in self.calls():
            for node, message in self._judge(call):
                where = self._sources.path(node)
                yield Problem(where, node.lineno, f"{call.service}.{call.method}: {message}")

    def _call(self, node: Node, service: str, method: str, parameters: Parameters | None) -> Call:
        return Call(self._sources.path(node), node, service, method, parameters)

    def _maker(self, node: ast.Call) -> str | None:
        """The service of a call that makes a client: its first argument, or the default of the function called."""
        if name_of(node.func) not in ("client", "create_client"):
            return None
        first = node.args[0] if node.args else self._resolver.first_default(node.func)
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None

    def _service(self, receiver: Node, method: str) -> str | None:
        """The service of a client: by how it was made (of several, one that has the method), else by its name."""
        sources = self._resolver.values(receiver)
        made = [self._made[id(source)] for source in sources if id(source) in self._made]
        if made:
            return next((service for service in made if method in operations(service)), made[0])
        if any(
            isinstance(one, ast.ClassDef) for source in sources for one in self._sources.definitions[name_of(source)]
        ):
            return None  # an object of a class of ours
        plain = name_of(receiver).strip("_").replace("_", "-")
        service = _NICKNAMES.get(plain, plain)
        return service if service in self.services else None

    def _arguments(self, operation: ast.Attribute) -> Parameters | None:
        """What the operation is called with; of one that is handed on: the argument behind it."""
        parent = self._sources.parent(operation)
        if not isinstance(parent, ast.Call):
            return None
        if parent.func is operation:
            return self._resolver.keywords(parent)
        position = parent.args.index(operation) if operation in parent.args else len(parent.args)
        following = parent.args[position + 1 : position + 2]
        found = self._resolver.parameters(following[0]) if following else None
        return found if found and found.values else None

    def _page_arguments(self, node: ast.Call) -> Parameters | None:
        """The arguments of ``get_paginator(…).paginate(…)``."""
        paginate = self._sources.parent(node)
        call = self._sources.parent(paginate) if isinstance(paginate, ast.Attribute) else None
        return self._resolver.keywords(call) if isinstance(call, ast.Call) else None

    def _judge(self, call: Call) -> Iterator[tuple[Node, str]]:
        operation = operations(call.service).get(call.method)
        if operation is None:
            yield call.node, "no such operation"
            return
        if isinstance(call.node, ast.Call) and call.method not in _paginated(call.service):
            yield call.node, "cannot be paginated"
        if call.parameters is not None:
            extra = {"PaginationConfig"} if isinstance(call.node, ast.Call) else set()
            yield from self._structure(call.parameters, operation.input_shape, call.node, "", extra)

    def _structure(
        self, given: Parameters, shape: StructureShape | None, node: Node, place: str, extra: set[str]
    ) -> Iterator[tuple[Node, str]]:
        members = shape.members if shape is not None else {}
        for name, value in given.values.items():
            if name in members:
                yield from self._value(value, members[name], f"{place}{name}")
            elif name not in extra:
                known = ", ".join(members) or "none"
                yield value, f"no such parameter: {place}{name} (there are: {known})"
        missing = set(shape.required_members if shape is not None else ()) - given.values.keys()
        if missing and given.complete:
            yield node, f"required: {', '.join(place + name for name in sorted(missing))}"

    def _value(self, value: Node, shape: Shape, place: str) -> Iterator[tuple[Node, str]]:
        """What is wrong inside a value, as far as it can be seen."""
        if isinstance(shape, StructureShape):
            found = self._resolver.parameters(value)
            if found is not None and not getattr(shape, "is_document_type", False):
                yield from self._structure(found, shape, value, f"{place}.", set())
        elif isinstance(shape, ListShape | MapShape):
            inner = shape.member if isinstance(shape, ListShape) else shape.value
            for element in self._resolver.elements(value):
                yield from self._value(element, inner, f"{place}[]")
        elif isinstance(value, ast.Constant) and getattr(shape, "enum", None) and value.value not in shape.enum:
            yield value, f"{place} is none of {', '.join(shape.enum)}: {value.value!r}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the operations by file; with ``--check`` only what is wrong, and end 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m scripts.api_calls", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=list(FOLDERS))
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    walker = Walker(Sources.of(given.folders))
    problems = list(walker.problems())
    if not given.check:
        for path, operation in sorted({(call.path, f"{call.service}.{call.method}") for call in walker.calls()}):
            console.print(f"{path}: {operation}")
    for problem in problems:
        console.print(f"[red]✗[/red] {problem}", markup=True)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
