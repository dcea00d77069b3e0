"""Trained models on disk: every version stays deployable, but only those being served take memory."""

import tempfile
import threading
import weakref
from pathlib import Path

from local_aws.recommender import Model


class ModelStore:
    """Models by solution version ARN; thread safe. Each is in memory only as long as somebody holds it."""

    def __init__(self, directory: Path | None) -> None:
        self._temporary = None if directory else tempfile.TemporaryDirectory(prefix="local-personalize-")
        self._directory = directory or Path(self._temporary.name)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._held: weakref.WeakValueDictionary[str, Model] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def put(self, version_arn: str, model: bytes) -> None:
        """Keep a model, as `to_bytes` gave it."""
        self._path(version_arn).write_bytes(model)

    def get(self, version_arn: str) -> Model:
        """The model of a version. Raises KeyError."""
        with self._lock:
            if model := self._held.get(version_arn):
                return model
            path = self._path(version_arn)
            if not path.exists():
                raise KeyError(version_arn)
            model = Model.from_bytes(path.read_bytes())
            self._held[version_arn] = model
            return model

    def drop(self, version_arn: str) -> None:
        """Forget a model."""
        self._path(version_arn).unlink(missing_ok=True)

    def _path(self, version_arn: str) -> Path:
        return self._directory / (version_arn.replace(":", "_").replace("/", "_") + ".model")
