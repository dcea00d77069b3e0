"""The load tests' monitor: how much the server's memory grows with each record."""

from typing import Any

import pytest

from tests.load.memory import Memory
from tests.load.monitor import Monitor, Sample

MEGABYTE = 1024 * 1024


def monitor(*samples: tuple[int, float]) -> Monitor:
    """Make a monitor with samples of (records sent, MB of the server)."""
    target: Any = None
    memory = [Memory(server, 0.0, server, 0) for _, server in samples]
    taken = [Sample(float(at), sent, {}, {}, memory[at]) for at, (sent, _) in enumerate(samples)]
    return Monitor(target, sent=samples[-1][0], samples=taken)


def test_given_growth_at_the_beginning_only_then_the_second_half_is_flat() -> None:
    assert monitor((0, 400.0), (50, 600.0), (75, 600.0), (100, 600.0)).memory_growth() == 0


def test_given_steady_growth_then_it_is_returned_in_bytes() -> None:
    growth = monitor((0, 400.0), (50, 450.0), (75, 475.0), (100, 500.0)).memory_growth()
    assert growth == pytest.approx(MEGABYTE)


def test_given_a_single_sample_then_there_is_no_growth() -> None:
    assert monitor((0, 400.0)).memory_growth() == 0
