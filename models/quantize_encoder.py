"""Store the weights of an encoder graph in fewer bits.

A float32 graph flows in, a graph of the same interface flows out:

    fp32   as it is
    fp16   weights stored as float16 and widened when the graph is loaded: half the file, the speed
           and arithmetic of float32, so nothing can overflow (native float16 is slower on CPUs, and
           masks of -3.4e38 became -inf in other engines)
    int8   products and wide convolutions in 8-bit integers (``quantize_int8``): the default, three
           times as fast as float32 with cosine >= 0.999
    int4   weights of 4 bits (``quantize_int4``): smallest, but it costs accuracy and no time is won

int8 and int4 keep in float (stored as float16) what costs little time and much accuracy, measured
on Whisper's trained encoder as 1 - cosine of the audio embeddings, 0.00094 for int8 everywhere:
the projection into the decoder's space (-0.00022: nothing after it averages its errors away; one
that narrows, as the starter's, does so itself and is quantised) and the attention of the first
layer (-0.00035: every later layer attends by what it got wrong).

    python -m models.quantize_encoder IN.onnx OUT.onnx --scheme int8
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import onnx
from onnx import TensorProto, helper

from models.errors import GraphError, TensorValueError
from models.onnx_graph import Graph, load_graph, save_graph
from models.quantize_int4 import product_to_int4
from models.quantize_int8 import convolution_to_int8, is_wide_convolution, product_to_int8
from models.report import Step, run_step, step_parser

EncoderScheme = Literal["fp32", "fp16", "int8", "int4"]
ENCODER_SCHEMES: tuple[EncoderScheme, ...] = get_args(EncoderScheme)

FLOAT16_MAX = 65504.0
# Query, key and value are one product in an optimised graph, three in a plain one.
KEPT_ATTENTION = tuple(f"layer0.{part}.weight" for part in ("qkv", "q", "k", "v", "out"))
PROJECTION = ("proj1.weight", "proj2.weight")
FEWER_BITS = (np.float16, np.int8, np.uint8)


def quantize_encoder(graph: Graph, scheme: EncoderScheme) -> Graph:
    """Apply a scheme; the graph is changed in place and returned.

    Raises:
        TensorValueError: a weight does not fit into float16.
    """
    if scheme == "int8":
        _convolutions_to_int8(graph)
    if scheme in ("int8", "int4"):
        for node in [node for node in graph.of_type("MatMul") if _may_shrink(graph, node)]:
            (product_to_int8 if scheme == "int8" else product_to_int4)(graph, node)
    if scheme != "fp32":
        _store_half(graph)
    return graph


def _may_shrink(graph: Graph, product: onnx.NodeProto) -> bool:
    """Tell whether a node multiplies by a stored matrix that may be quantised."""
    name = product.input[1]
    if name not in graph.weights or name in KEPT_ATTENTION:
        return False
    n_in, n_out = graph.weights[name].shape
    return name not in PROJECTION or n_out < n_in


def _convolutions_to_int8(graph: Graph) -> None:
    for conv in graph.of_type("Conv"):
        gelu = graph.only_consumer(conv.output[0], "Gelu")
        if gelu is not None and is_wide_convolution(graph, conv):
            convolution_to_int8(graph, conv, gelu)


def _store_half(graph: Graph) -> None:
    """Store every float32 matrix that is left as float16 behind a Cast, which the runtime folds."""
    casts = []
    for name, values in list(graph.weights.items()):
        if values.dtype != np.float32 or values.ndim < 2 or name.endswith(".scale"):
            continue
        if np.abs(values).max() > FLOAT16_MAX:
            raise TensorValueError(Path(graph.name), name, "does not fit into float16")
        del graph.weights[name]
        half = graph.weight(f"{name}.half", values.astype(np.float16))
        casts.append(
            helper.make_node("Cast", [half], [name], f"{name}.widen", to=TensorProto.FLOAT)
        )
    graph.nodes[:0] = casts


def load_plain(path: Path) -> Graph:
    """Read a graph whose weights are whole.

    Raises:
        GraphError: it is none, or quantised already: the schemes would find little to change.
    """
    graph = load_graph(path)
    if any(values.dtype in FEWER_BITS for values in graph.weights.values()):
        raise GraphError(path, "is quantised already; give the float32 graph it was made from")
    return graph


def main(arguments: list[str]) -> int:
    """Write OUT.onnx, the quantised form of IN.onnx."""
    parser = step_parser("quantize_encoder", "IN.onnx", "OUT.onnx")
    parser.add_argument("--scheme", choices=ENCODER_SCHEMES, required=True)
    options = parser.parse_args(arguments)
    return run_step(
        Step(name=f"encoder {options.scheme}", target=options.target),
        lambda path: save_graph(quantize_encoder(load_plain(options.source), options.scheme), path),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
