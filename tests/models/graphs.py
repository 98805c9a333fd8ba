"""Run encoder graphs in ONNX Runtime and compare results."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnxruntime

from models.onnx_graph import Graph, serialize

Array = npt.NDArray[np.float32]


def run_graph(graph: Graph, values: npt.ArrayLike) -> Array:
    """Return the only output of a graph with one input."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        b"".join(serialize(graph)), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    result: Array = session.run(None, {name: np.asarray(values, np.float32)})[0]
    return result


def cosine(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Return the cosine between two arrays as vectors."""
    a, b = np.ravel(first).astype(np.float64), np.ravel(second).astype(np.float64)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def noise(*shape: int, seed: int = 0) -> Array:
    """Return reproducible standard normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
