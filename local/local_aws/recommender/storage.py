"""A model as bytes and back: an npz archive of plain arrays, so that loading one never runs code."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from local_aws.recommender.blending import Weights
from local_aws.recommender.catalogue import Catalogue, Column
from local_aws.recommender.features import Knowledge
from local_aws.recommender.item_similarity import Graph
from local_aws.recommender.popularity import Popularity

FORMAT = 1


Parts = tuple[Knowledge, Weights, dict[str, float]]


def dump(knowledge: Knowledge, weights: Weights, event_weights: Mapping[str, float]) -> bytes:
    """The archive of a model's parts; equal parts give equal bytes."""
    catalogue = knowledge.catalogue
    about = {
        "format": FORMAT,
        "item_ids": catalogue.item_ids,
        "warm": catalogue.warm,
        "columns": [asdict(column) for column in catalogue.columns],
        "graphs": list(knowledge.graphs),
        "trendy": knowledge.trendy,
        "event_weights": dict(event_weights),
    }
    arrays = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "born": catalogue.born,
        **_sparse("blends", catalogue.blends),
        "events": knowledge.popularity.items,
        "times": knowledge.popularity.times,
        "returns": knowledge.returns,
        "usual": weights.usual,
        "longer": weights.longer,
        "popular": weights.popular,
    }
    for place, traits in enumerate(catalogue.traits):
        arrays |= _sparse(f"traits{place}", traits)
    for name, graph in knowledge.graphs.items():
        arrays |= {name: graph.weights} if isinstance(graph.weights, np.ndarray) else _sparse(name, graph.weights)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def load(data: bytes) -> Parts:
    """A model's parts from an archive; raises ValueError where it is none."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(arrays["about"].tobytes())
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError) as error:
        raise ValueError(f"these bytes are not a stored model: {error}") from error
    return _parts(about, arrays)


def _parts(about: Mapping[str, Any], arrays: Mapping[str, NDArray]) -> Parts:
    if about["format"] != FORMAT:
        raise ValueError(f"the stored model has format {about['format']}, this program reads {FORMAT}")
    columns = [Column(c["name"], tuple(c["labels"]), tuple(c["edges"]), c["lift"]) for c in about["columns"]]
    catalogue = Catalogue(
        tuple(about["item_ids"]),
        about["warm"],
        arrays["born"],
        tuple(columns),
        tuple(_matrix(f"traits{place}", arrays) for place in range(len(columns))),
        _matrix("blends", arrays),
    )
    graphs = {name: Graph(arrays[name] if name in arrays else _matrix(name, arrays)) for name in about["graphs"]}
    popularity = Popularity(arrays["events"], arrays["times"], about["warm"])
    knowledge = Knowledge(catalogue, graphs, popularity, arrays["returns"], about["trendy"])
    return knowledge, Weights(arrays["usual"], arrays["longer"], arrays["popular"]), dict(about["event_weights"])


def _sparse(name: str, matrix: sparse.csr_matrix) -> dict[str, NDArray]:
    shape = np.array(matrix.shape, np.int64)
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices,
        f"{name}.starts": matrix.indptr,
        f"{name}.shape": shape,
    }


def _matrix(name: str, arrays: Mapping[str, NDArray]) -> sparse.csr_matrix:
    data = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.starts"])
    return sparse.csr_matrix(data, shape=tuple(arrays[f"{name}.shape"]))
