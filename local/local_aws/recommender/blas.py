"""Keeps numpy's and scipy's own OpenBLAS on one thread.

Why: the same data must give the same bits on any number of cores, and OpenBLAS' threads wait by spinning, so that a
solve of a second takes a minute where other programs keep the cores busy. Training and serving parallelise by threads
of the caller instead: BLAS releases the interpreter lock.
"""

import ctypes
from pathlib import Path

import numpy as np
import scipy

SETTERS = ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads", "openblas_set_num_threads")


def use_one_thread() -> int:
    """Ask each bundled OpenBLAS for one thread; the number of libraries that did, 0 where there is another BLAS."""
    return sum(_limit(library) for module in (np, scipy) for library in _bundled(Path(module.__file__).parent))


def _bundled(package: Path) -> list[Path]:
    folders = (package.parent / f"{package.name}.libs", package / ".dylibs")
    return [library for folder in folders for library in sorted(folder.glob("*openblas*"))]


def _limit(library: Path) -> bool:
    loaded = ctypes.CDLL(str(library))
    name = next((setter for setter in SETTERS if hasattr(loaded, setter)), None)
    if name is not None:
        getattr(loaded, name)(1)
    return name is not None
