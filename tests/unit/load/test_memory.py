"""What the load tests count as memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load.memory import COLUMNS, Memory, measure


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux's /proc")
def test_given_processes_then_all_are_counted_and_shared_pages_once() -> None:
    code = "print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()  # it has started
        memory = measure(os.getpid(), [process.pid])
        process.stdin.write(b"\n")
    assert memory.server > 10
    assert memory.processes == 1
    assert 0 < memory.together < memory.server + memory.functions


def test_given_a_process_that_has_ended_then_it_has_no_memory() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    assert measure(process.pid, []) == Memory(0.0, 0.0, 0.0, 0)


def test_given_figures_then_there_is_one_for_each_column() -> None:
    row = Memory(1234.5, 2.0, 1235.0, 3).row()
    assert row == ("1,234", "2", "1,235", "3")
    assert len(row) == len(COLUMNS)
