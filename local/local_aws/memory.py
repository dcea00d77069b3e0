"""What takes memory in every server: the models of the services, and what glibc keeps after it was freed."""

import ctypes
import json
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader

_M_ARENA_MAX = -8  # malloc.h
_ARENAS = 2
_TRIM_SECONDS = 30.0
_LONGEST_SHARED_TEXT = 80


def limit_arenas() -> None:
    """Let all threads share two arenas of glibc, where eight for each core is usual; call it before there are threads.

    Freed memory is used again only in its own arena. Python's threads take turns, so they do not wait for arenas.
    """
    if mallopt := _function("mallopt"):
        mallopt(_M_ARENA_MAX, _ARENAS)


def read_models_compactly() -> None:
    """Let botocore and moto read the models of services as plain dicts in which equal texts are one object.

    botocore reads them as OrderedDicts: 100 MB for the services of this server, twice as much as this way. Each of its
    sessions reads the endpoints of all services again; here they share them. Models are not shared: moto changes some.
    """

    def load(self: JSONFileLoader, path: str, open_method: Callable[..., Any]) -> Any:
        if not Path(path).is_file():
            return None
        read = _read_json if Path(path).name.startswith("service-") else _read_json_once
        return read(path, open_method)

    JSONFileLoader._load_file = load  # type: ignore[attr-defined]


def _read_json(path: str, open_method: Callable[..., Any]) -> Any:
    with open_method(path, "rb") as file:
        return json.loads(file.read(), object_pairs_hook=_compact)


_read_json_once = cache(_read_json)


def _compact(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {sys.intern(name): _shared(name, value) for name, value in pairs}


def _shared(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "documentation":
        return ""
    return sys.intern(value) if len(value) < _LONGEST_SHARED_TEXT else value


def trim_regularly(closing: threading.Event) -> None:
    """Return freed memory to the system every 30 s until the event is set."""
    if trim := _function("malloc_trim"):
        threading.Thread(target=_trim, args=(trim, closing), daemon=True, name="trim").start()


def _trim(trim: "ctypes._NamedFuncPointer", closing: threading.Event) -> None:
    while not closing.wait(_TRIM_SECONDS):
        trim(0)


def _function(name: str) -> "ctypes._NamedFuncPointer | None":
    """Return a function of the C library; None if it has none, as on macOS."""
    return getattr(ctypes.CDLL(None), name, None)
