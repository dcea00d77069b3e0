"""Write the tables of inputs and outputs in the modules' READMEs: ``python -m scripts.generate.module_docs [--check]``.

They come from the modules' declarations and stand between two markers; the rest of a README is not changed. A README
without markers gets them at its end.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.common import tfvars
from scripts.common.environments import ROOT
from scripts.common.task import TaskError, run_task
from scripts.common.terminal import console

# The root module terraform/, the modules, and the examples: each is a folder in one of these.
FOLDERS = (ROOT, ROOT / "modules", ROOT / "examples")
BEGIN, END = "<!-- interface:begin (make docs) -->", "<!-- interface:end -->"
_LONGEST_ON_ONE_LINE = 60
_EMPTY_OBJECT = "\0"  # stands for {} while a type is laid out
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.generate.module_docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a table is not current")
    parser.add_argument("--modules", type=Path, nargs="+", default=FOLDERS, help="folders that hold modules")
    given = parser.parse_args(arguments)
    return run_task(lambda: check(given.modules) if given.check else write(given.modules))


def write(folders: Sequence[Path]) -> None:
    """Write every README that is not current."""
    for readme, text in stale_documents(folders):
        readme.write_text(text, encoding="utf-8")
        console.print(f"written: {readme}")


def check(folders: Sequence[Path]) -> None:
    """Print the READMEs that are not current.

    Raises:
        TaskError: There are some.
    """
    stale = [readme for readme, _ in stale_documents(folders)]
    for readme in stale:
        console.print(f"not current: {readme}")
    if stale:
        raise TaskError("Run `make docs`.")


def stale_documents(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each README that is not current, with the text that it should have."""
    for readme, text in documents(folders):
        if not readme.exists() or readme.read_text(encoding="utf-8") != text:
            yield readme, text


def documents(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each module's README with the text that it should have."""
    for module in sorted(path.parent for folder in folders for path in folder.glob("*/variables.tf")):
        readme = module / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.exists() else f"# {module.name}\n"
        yield readme, insert(text, interface(module))


def insert(text: str, tables: str) -> str:
    """Return the README with these tables between its markers, or at its end if it has none."""
    before, begin, rest = text.partition(BEGIN)
    after = rest.partition(END)[2] if begin else "\n"
    return f"{before.rstrip()}\n\n{BEGIN}\n{tables}\n{END}{after}"


def interface(module: Path) -> str:
    """Return the tables of one module, as Markdown."""
    return "\n".join(
        [
            "## Inputs",
            "",
            "| name | what | type | default |",
            "| --- | --- | --- | --- |",
            *(_input(name, body) for block in tfvars.blocks(module, "variable") for name, body in block.items()),
            "",
            "## Outputs",
            "",
            "| name | what |",
            "| --- | --- |",
            *(
                f"| `{name}` | {_cell(body.get('description', ''))} |"
                for block in tfvars.blocks(module, "output")
                for name, body in block.items()
            ),
        ]
    )


def _input(name: str, body: tfvars.Block) -> str:
    """Return one row of the inputs."""
    default = f"`{_cell(json.dumps(body['default'], ensure_ascii=False))}`" if "default" in body else "required"
    return f"| `{name}` | {_cell(body.get('description', ''))} | {_type(body.get('type', 'any'))} | {default} |"


def _cell(text: str) -> str:
    """Return text that does not end its table cell."""
    return text.replace("|", "\\|").replace("\n", " ")


def _type(value: str) -> str:
    """Return a type: in one line if it fits, else laid out as in the source."""
    text = tfvars.expression(value)
    if len(text) <= _LONGEST_ON_ONE_LINE:
        return f"`{_cell(text)}`"
    return f"<pre>{'<br>'.join(layout(text))}</pre>"


def layout(text: str) -> list[str]:
    """Return a type expression in lines: each attribute of an object on its own, indented by its depth."""
    lines = [""]
    closers: list[str] = []
    for character in re.sub(r"\{\s*\}", _EMPTY_OBJECT, text):
        inside_object = bool(closers) and closers[-1] == "}"
        if closers and character == closers[-1]:
            closers.pop()
            if inside_object:
                lines.append(_indent(closers))
            lines[-1] += character
        elif character == "," and inside_object:
            lines.append(_indent(closers))
        elif character != " " or lines[-1].strip():
            lines[-1] += character
            if character in _CLOSING:
                closers.append(_CLOSING[character])
                if character == "{":
                    lines.append(_indent(closers))
    return [line.replace(_EMPTY_OBJECT, "{}") for line in lines]


def _indent(closers: Sequence[str]) -> str:
    return "  " * closers.count("}")


if __name__ == "__main__":
    sys.exit(main())
