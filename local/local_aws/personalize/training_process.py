"""Run a training in a process of its own.

So serving stays fast, the memory is released after the training, and a stopped training really ends. The parent writes
the data to a file and starts `python -m local_aws.personalize.training_process DIRECTORY`. The child writes the model
and its metrics, or the reason why the data are not sufficient, to the same directory. The child ends when the parent
does.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from local_aws.personalize.errors import JobFailedError
from local_aws.personalize.offline_metrics import SolutionMetrics, segment_metrics, split_each_user
from local_aws.recommender import Interactions, Items, Settings, TrainingError

if TYPE_CHECKING:
    from local_aws.recommender import Evaluation

_JOB, _RESULT, _LOG = "job.pickle", "result.pickle", "log"
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class TrainingJob:
    """The data and the settings of a training. If there are several `candidates` of hyperparameters, the best wins.

    `metrics` measure a solution with an objective or an events configuration; otherwise it has the usual metrics.
    """

    interactions: Interactions
    items: Items | None
    settings: Settings
    candidates: Sequence[Mapping[str, str]] = ()
    metrics: SolutionMetrics | None = None
    segments: bool = False
    """Whether users are recommended, so that the metrics are those of segments."""


@dataclass(frozen=True)
class TrainedModel:
    """A trained model, as bytes, its offline metrics and its hyperparameters."""

    model: bytes
    metrics: dict[str, float]
    hyperparameters: Mapping[str, str]


def fit(job: TrainingJob) -> TrainedModel:
    """Train and evaluate in this process.

    Raises:
        JobFailedError: The data are not sufficient.
    """
    from local_aws.recommender import search, train_and_evaluate  # here, because they load scipy

    settings = job.settings
    try:
        if job.candidates:
            best = search(job.interactions, job.items, settings, job.candidates)
            settings = replace(settings, hyperparameters=best)
        model, metrics = train_and_evaluate(job.interactions, job.items, settings, _evaluation(job))
        return TrainedModel(model.to_bytes(), metrics, settings.hyperparameters)
    except TrainingError as error:
        raise JobFailedError(str(error)) from None


def _evaluation(job: TrainingJob) -> "Evaluation | None":
    from local_aws.recommender import Evaluation

    if job.segments:
        return Evaluation(split_each_user, segment_metrics)
    return Evaluation(measure=job.metrics) if job.metrics else None


def train_in_subprocess(job: TrainingJob, stopped: Callable[[], bool]) -> TrainedModel:
    """Train and evaluate in another process, which is killed when `stopped` returns True.

    Raises:
        JobFailedError: The data are not sufficient, the process failed, or it was stopped.
    """
    with tempfile.TemporaryDirectory(prefix="local-training-") as name:
        directory = Path(name)
        (directory / _JOB).write_bytes(pickle.dumps(job, pickle.HIGHEST_PROTOCOL))
        with (directory / _LOG).open("wb") as log:
            process = _start(directory, log)
            _wait(process, stopped)
        if process.returncode or not (directory / _RESULT).exists():
            lines = (directory / _LOG).read_text(errors="replace").strip().splitlines()
            raise JobFailedError(f"The training process failed: {lines[-1] if lines else process.returncode}")
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
                process.wait(_POLL_SECONDS)
                return
            except subprocess.TimeoutExpired:
                if stopped():
                    process.kill()


def _exit_with_parent() -> None:
    # sys.stdin would not do: its lock, which this thread would hold, prevents a clean exit of the process.
    os.read(0, 1)
    os._exit(1)


def main(directory: Path) -> None:
    """Run the training of a job file and write its result. This is the program of the child process."""
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    job = pickle.loads((directory / _JOB).read_bytes())
    try:
        result: TrainedModel | str = fit(job)
    except JobFailedError as error:
        result = str(error)
    (directory / _RESULT).write_bytes(pickle.dumps(result))


if __name__ == "__main__":
    # As a program this module is __main__, and the classes that it pickles would belong to __main__ too.
    from local_aws.personalize import training_process

    training_process.main(Path(sys.argv[1]))
