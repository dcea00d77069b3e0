"""Trained models on disk. Every version can be deployed, but only those that a campaign serves are in memory."""

import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local_aws.recommender import Model


class ModelStore:
    """Models by solution version ARN. Thread safe. A model is in memory only while something refers to it."""

    def __init__(self, directory: Path | None) -> None:
        if directory is None:
            # The temporary directory is removed together with this object.
            self._temporary = tempfile.TemporaryDirectory(prefix="local-personalize-")
            directory = Path(self._temporary.name)
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._loaded: weakref.WeakValueDictionary[str, Model] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()

    def put(self, version_arn: str, model: bytes) -> None:
        """Store a model, in the format of `to_bytes`."""
        self._path(version_arn).write_bytes(model)

    def read(self, version_arn: str) -> bytes:
        """Return what `put` stored.

        Raises:
            KeyError: There is no such model.
        """
        path = self._path(version_arn)
        if not path.exists():
            raise KeyError(version_arn)
        return path.read_bytes()

    def get(self, version_arn: str) -> "Model":
        """Return the model of a version.

        Raises:
            KeyError: There is no such model.
        """
        with self._lock:
            if model := self._loaded.get(version_arn):
                return model
            stored = self.read(version_arn)
            from local_aws.recommender import Model  # here, because it loads scipy

            model = Model.from_bytes(stored)
            self._loaded[version_arn] = model
            return model

    def delete(self, version_arn: str) -> None:
        """Delete a model, if it exists."""
        self._path(version_arn).unlink(missing_ok=True)

    def _path(self, version_arn: str) -> Path:
        return self._directory / (version_arn.replace(":", "_").replace("/", "_") + ".model")
