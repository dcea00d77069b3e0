"""How much memory the local AWS has: its server, and the processes of the functions that the server started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("server", "functions", "together", "processes")


@dataclass(frozen=True)
class Memory:
    """Resident memory in MB: of the server, of all processes of functions, and of both together.

    `together` counts a page that processes share once (Linux: the sum of Pss), as the machine does.
    """

    server: float
    functions: float
    together: float
    processes: int

    def row(self) -> tuple[str, ...]:
        """Return the figures for a table with the columns `COLUMNS`."""
        return (*(f"{figure:,.0f}" for figure in (self.server, self.functions, self.together)), str(self.processes))


def measure(server: int, functions: Sequence[int]) -> Memory:
    """Measure processes by their ids; what has ended, or runs on a system without /proc, has no memory."""
    own, others = _megabytes(server), [_megabytes(process) for process in functions]
    together = own["Pss"] + sum(one["Pss"] for one in others)
    return Memory(own["Rss"], sum(one["Rss"] for one in others), together, len(functions))


def _megabytes(process: int) -> dict[str, float]:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {"Rss": 0.0, "Pss": 0.0}
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
