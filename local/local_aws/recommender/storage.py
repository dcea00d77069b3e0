"""Convert a model to bytes and back. The format is an npz archive of plain arrays, so that loading never runs code."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.blending import BlendingWeights
from local_aws.recommender.catalogue import Catalogue, MetadataColumn
from local_aws.recommender.features import FeatureExtractor
from local_aws.recommender.item_similarity import SimilarityMatrix
from local_aws.recommender.popularity import Popularity

FORMAT = 4

Arrays = dict[str, NDArray[Any]]
ModelParts = tuple[FeatureExtractor, BlendingWeights, dict[str, float], NDArray[np.float32]]


def dump(
    features: FeatureExtractor,
    weights: BlendingWeights,
    event_weights: Mapping[str, float],
    worth: NDArray[np.float32],
) -> bytes:
    """Return the archive of the parts of a model. Equal parts give equal bytes."""
    catalogue = features.catalogue
    header = {
        "format": FORMAT,
        "item_ids": catalogue.item_ids,
        "warm": catalogue.warm,
        "columns": [asdict(column) for column in catalogue.columns],
        "similarities": list(features.similarities),
        "use_recency": features.use_recency,
        "event_weights": dict(event_weights),
    }
    arrays: dict[str, Any] = {
        "header": np.frombuffer(json.dumps(header).encode(), np.uint8),
        "creation_times": catalogue.creation_times,
        **_dump_sparse("cold_item_neighbours", catalogue.cold_item_neighbours),
        "event_items": features.popularity.items,
        "event_times": features.popularity.times,
        "repeat_log_odds": features.repeat_log_odds,
        "with_history": weights.with_history,
        "without_history": weights.without_history,
        "worth": worth,
    }
    for number, categories in enumerate(catalogue.categories):
        arrays |= _dump_sparse(f"categories{number}", categories)
    for name, matrix in features.similarities.items():
        dense = isinstance(matrix.weights, np.ndarray)
        arrays |= {name: matrix.weights} if dense else _dump_sparse(name, matrix.weights)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def load(data: bytes) -> ModelParts:
    """Return the parts of a model from an archive.

    Raises:
        ValueError: The bytes are not a model of this format.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        header = json.loads(arrays["header"].tobytes())
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError) as error:
        raise ValueError(f"these bytes are not a stored model: {error}") from error
    return _parse(header, arrays)


def _parse(header: Mapping[str, Any], arrays: Arrays) -> ModelParts:
    if header["format"] != FORMAT:
        raise ValueError(f"the stored model has format {header['format']}, this program reads {FORMAT}")
    columns = [MetadataColumn(c["name"], tuple(c["labels"]), tuple(c["edges"]), c["lift"]) for c in header["columns"]]
    catalogue = Catalogue(
        tuple(header["item_ids"]),
        header["warm"],
        arrays["creation_times"],
        tuple(columns),
        tuple(_load_sparse(f"categories{number}", arrays) for number in range(len(columns))),
        _load_sparse("cold_item_neighbours", arrays),
    )
    similarities = {
        name: SimilarityMatrix(arrays[name] if name in arrays else _load_sparse(name, arrays))
        for name in header["similarities"]
    }
    popularity = Popularity(arrays["event_items"], arrays["event_times"], header["warm"])
    features = FeatureExtractor(catalogue, similarities, popularity, arrays["repeat_log_odds"], header["use_recency"])
    weights = BlendingWeights(arrays["with_history"], arrays["without_history"])
    return features, weights, dict(header["event_weights"]), arrays["worth"]


def _dump_sparse(name: str, matrix: sparse.csr_matrix) -> Arrays:
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices,
        f"{name}.starts": matrix.indptr,
        f"{name}.shape": np.array(matrix.shape, np.int64),
    }


def _load_sparse(name: str, arrays: Arrays) -> sparse.csr_matrix:
    data = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.starts"])
    return sparse.csr_matrix(data, shape=tuple(arrays[f"{name}.shape"]))
