"""Run a command with the values that `make` was given: ``python -m scripts.common.make MODULE [ARGUMENTS]``.

The Makefile exports ARGS and FILE and never writes them into a recipe: there, a shell would take a part of a value,
such as what follows the `|` in an id, for a command. Here they become arguments, split at spaces outside quotes.
"""

import os
import runpy
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

FILES = "@FILE"  # stands for the paths in FILE


def split_words(text: str) -> list[str]:
    """Split a text at spaces as a shell does, but expand and run nothing.

    A text whose quotes do not match, such as `o'neil 7`, is one word.
    """
    try:
        return shlex.split(text)
    except ValueError:
        return [text]


def split_paths(text: str) -> list[str]:
    """Split a list of paths; words that together are the path of something that exists are one path."""
    return _find_paths(text.split(" ")) or split_words(text)


def _find_paths(words: Sequence[str]) -> list[str]:
    """Join the words to paths of what exists, the longest ones first; return none if that is not possible."""
    for end in range(len(words), 0, -1):
        path = " ".join(words[:end])
        if path.strip() and Path(path).exists():
            rest = _find_paths(words[end:])
            if rest or end == len(words):
                return [path, *rest]
    return []


def arguments_for(given: Sequence[str], environment: dict[str, str]) -> list[str]:
    """Return a command's arguments: those given, with FILE's paths for `@FILE`, and those in ARGS."""
    paths = split_paths(environment.get("FILE", ""))
    placed = [word for one in given for word in (paths if one == FILES else [one])]
    return [*placed, *split_words(environment.get("ARGS", ""))]


def main() -> None:
    """Run the module as its own program."""
    module, *given = sys.argv[1:]
    sys.argv = [module, *arguments_for(given, dict(os.environ))]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
