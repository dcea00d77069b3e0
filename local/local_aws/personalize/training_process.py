"""Training in a process of its own: serving keeps its speed, the memory goes back, and a stopped training really stops.

The parent writes the data to a file and starts `python -m local_aws.personalize.training_process DIRECTORY`; the child writes the
model and its metrics, or why it was refused, beside it. The child ends when the parent does.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local_aws.personalize.errors import JobFailedError
from local_aws.recommender import Interactions, Items, Settings, TrainingError, evaluate, train

_JOB, _RESULT, _LOG = "job.pickle", "result.pickle", "log"
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class TrainingJob:
    """What to learn from, and how."""

    interactions: Interactions
    items: Items | None
    settings: Settings


@dataclass(frozen=True)
class TrainedModel:
    """A trained model, as bytes, and its offline metrics."""

    model: bytes
    metrics: dict[str, float]


def fit(job: TrainingJob) -> TrainedModel:
    """Train and measure, here and now. Raises JobFailedError where the data does not allow it."""
    try:
        model = train(job.interactions, job.items, job.settings)
        return TrainedModel(model.to_bytes(), evaluate(job.interactions, job.items, job.settings))
    except TrainingError as refused:
        raise JobFailedError(str(refused)) from None


def train_in_process(job: TrainingJob, stopped: Callable[[], bool]) -> TrainedModel:
    """Train and measure in another process, which ends early once `stopped`.

    Raises JobFailedError where the data does not allow it, the process fails, or it was stopped.
    """
    with tempfile.TemporaryDirectory(prefix="local-training-") as name:
        directory = Path(name)
        (directory / _JOB).write_bytes(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        with (directory / _LOG).open("wb") as log:
            process = _start(directory, log)
            _wait(process, stopped)
        if process.returncode or not (directory / _RESULT).exists():
            told = (directory / _LOG).read_text(errors="replace").strip().splitlines()
            raise JobFailedError(f"The training process failed: {told[-1] if told else process.returncode}")
        result = pickle.loads((directory / _RESULT).read_bytes())
    if isinstance(result, TrainedModel):
        return result
    raise JobFailedError(result)


def _start(directory: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(directory)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
    )


def _wait(process: subprocess.Popen[bytes], stopped: Callable[[], bool]) -> None:
    with process:
        while True:
            try:
                process.wait(_LOOK_SECONDS)
                return
            except subprocess.TimeoutExpired:
                if stopped():
                    process.kill()


def _end_with_parent() -> None:
    # Not sys.stdin: its lock, held here, would break the orderly end of the process.
    os.read(0, 1)
    os._exit(1)


def main(directory: Path) -> None:
    """What the child does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    job = pickle.loads((directory / _JOB).read_bytes())
    try:
        result: TrainedModel | str = fit(job)
    except JobFailedError as refused:
        result = str(refused)
    (directory / _RESULT).write_bytes(pickle.dumps(result))


if __name__ == "__main__":
    # Run as a program this module is __main__, and what it pickles would be of __main__ too.
    from local_aws.personalize import training_process

    training_process.main(Path(sys.argv[1]))
