"""Limit the OpenBLAS libraries that numpy and scipy bundle to one thread.

There are two reasons. The same data must give the same bits on any number of cores. And the threads of OpenBLAS wait
by spinning, so that a solve of one second takes a minute while other programs keep the cores busy. Training and serving
run in parallel through threads of the caller instead, because BLAS releases the interpreter lock.
"""

import ctypes
from pathlib import Path
from types import ModuleType

import numpy as np
import scipy

SETTERS = ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads", "openblas_set_num_threads")


def use_one_thread() -> int:
    """Limit each bundled OpenBLAS to one thread and return how many libraries were limited (0 with another BLAS)."""
    return sum(_limit(library) for module in (np, scipy) for library in _bundled(module))


def _bundled(module: ModuleType) -> list[Path]:
    package = Path(module.__path__[0])
    folders = (package.parent / f"{package.name}.libs", package / ".dylibs")
    return [library for folder in folders for library in sorted(folder.glob("*openblas*"))]


def _limit(library: Path) -> bool:
    loaded = ctypes.CDLL(str(library))
    name = next((setter for setter in SETTERS if hasattr(loaded, setter)), None)
    if name is not None:
        getattr(loaded, name)(1)
    return name is not None
