"""Store the weights of an encoder graph in fewer bits.

A float32 graph flows in, a graph of the same interface flows out:

    fp32   as it is
    fp16   weights stored as float16 and widened when the graph is loaded: half the file, the speed
           and arithmetic of float32, so nothing can overflow (on CPUs native float16 is slower)
    int8   matrix products in 8-bit integers, weights per column, rows scaled as they come
    int4   weights in blocks of 4 bits; smaller, but measured to lose long or non-English audio

CRITICAL: the integer weights are unsigned (uint8 around 128), not signed. On CPUs with AVX2 but
without VNNI, the kernel for unsigned by signed adds pairs of products in 16 bits, which saturates;
the unsigned by unsigned kernel widens first and is exact everywhere. On CPUs with VNNI or AMX both
run on the same kernel.

    python -m models.quantize_encoder IN.onnx OUT.onnx --scheme int8
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import onnx
from onnx import TensorProto, helper

from models.errors import TensorValueError
from models.onnx_graph import FUSED_DOMAIN, save_graph
from models.optimize import Array, Graph
from models.report import Step, run_step

EncoderScheme = Literal["fp32", "fp16", "int8", "int4"]
ENCODER_SCHEMES: tuple[EncoderScheme, ...] = get_args(EncoderScheme)

FLOAT16_MAX = 65504.0
UINT8_ZERO = 128
INT4_BLOCK = 64


def quantize_encoder(model: onnx.ModelProto, scheme: EncoderScheme) -> onnx.ModelProto:
    """Apply a scheme; the model is changed in place and returned.

    Raises:
        TensorValueError: a weight does not fit into float16.
    """
    graph = Graph(model)
    if scheme == "fp16":
        _store_half(graph)
    if scheme in ("int8", "int4"):
        for node in [node for node in graph.nodes if _is_product(graph, node)]:
            (_to_int8 if scheme == "int8" else _to_int4)(graph, node)
    return graph.finish()


def _is_product(graph: Graph, node: onnx.NodeProto) -> bool:
    return node.op_type == "MatMul" and node.input[1] in graph.initializers


def _store_half(graph: Graph) -> None:
    """Store every float32 matrix as float16 behind a Cast, which the runtime folds away."""
    casts = []
    for name, item in list(graph.initializers.items()):
        if item.data_type != TensorProto.FLOAT or len(item.dims) < 2:
            continue
        values = graph.array(name)
        if np.abs(values).max() > FLOAT16_MAX:
            raise TensorValueError(Path(graph.model.graph.name), name, "does not fit into float16")
        del graph.initializers[name]
        half = graph.add_weight(f"{name}.half", values.astype(np.float16))
        casts.append(
            helper.make_node("Cast", [half], [name], f"{name}.widen", to=TensorProto.FLOAT)
        )
    graph.nodes[:0] = casts


def _to_int8(graph: Graph, product: onnx.NodeProto) -> None:
    """Replace a product, and the addition of its bias, by one integer product."""
    weights, scales = quantize_columns(graph.array(product.input[1]))
    name = product.input[1]
    rows = _quantized_rows(graph, product)
    zeros = np.full(scales.shape, UINT8_ZERO, np.uint8)
    inputs = [
        rows[0],
        graph.add_weight(f"{name}.u8", weights),
        rows[1],
        graph.add_weight(f"{name}.scale", scales),
        rows[2],
        graph.add_weight(f"{name}.zero", zeros),
    ]
    add = _bias_of(graph, product)
    output = product.output[0] if add is None else add.output[0]
    if add is not None:
        inputs.append(add.input[1])
    fused = helper.make_node("MatMulIntegerToFloat", inputs, [output], output, domain=FUSED_DOMAIN)
    graph.replace([product] if add is None else [product, add], [fused])


def _quantized_rows(graph: Graph, product: onnx.NodeProto) -> tuple[str, str, str]:
    """Return the quantised rows that a product reads, their scale and zero point."""
    value = product.input[0]
    names = (f"{value}.u8", f"{value}.scale", f"{value}.zero")
    if not any(names[0] in node.output for node in graph.nodes):
        place = graph.nodes.index(product)
        node = helper.make_node("DynamicQuantizeLinear", [value], names, names[0])
        graph.nodes.insert(place, node)
    return names


def _bias_of(graph: Graph, product: onnx.NodeProto) -> onnx.NodeProto | None:
    """Return the addition of a stored bias after a product."""
    add = graph.only_consumer(product.output[0], "Add")
    return add if add is not None and add.input[1] in graph.initializers else None


def quantize_columns(weights: Array) -> tuple[Array, Array]:
    """Quantise a matrix to unsigned 8 bits around 128, one scale for each column.

    Args:
        weights: float32 [n_in, n_out].

    Returns:
        uint8 [n_in, n_out] in 1..255 and float32 [n_out], with weights = (uint8 - 128) * scale.
    """
    scales = np.maximum(np.abs(weights).max(axis=0) / 127.0, np.finfo(np.float32).tiny)
    levels = np.rint(weights / scales[None, :]) + UINT8_ZERO
    return levels.astype(np.uint8), scales.astype(np.float32)


def _to_int4(graph: Graph, product: onnx.NodeProto) -> None:
    """Replace a product by one with weights in blocks of 4 bits."""
    name = product.input[1]
    weights = graph.array(name)
    packed, scales = quantize_blocks(weights, INT4_BLOCK)
    inputs = [
        product.input[0],
        graph.add_weight(f"{name}.q4", packed),
        graph.add_weight(f"{name}.scale", scales),
    ]
    fused = helper.make_node(
        "MatMulNBits",
        inputs,
        list(product.output),
        product.name,
        domain=FUSED_DOMAIN,
        K=weights.shape[0],
        N=weights.shape[1],
        bits=4,
        block_size=INT4_BLOCK,
        accuracy_level=4,
    )
    graph.replace([product], [fused])


def quantize_blocks(weights: Array, block_size: int) -> tuple[Array, Array]:
    """Quantise a matrix to 4 bits around 8, one scale for each block of a column.

    Args:
        weights: float32 [n_in, n_out].
        block_size: rows that share a scale; the last block of a column is filled with zeros.

    Returns:
        uint8 [n_out, n_blocks, block_size / 2], low nibble first, and float32 [n_out, n_blocks].
    """
    n_in, n_out = weights.shape
    n_blocks = -(-n_in // block_size)
    padded = np.zeros((n_out, n_blocks * block_size), np.float32)
    padded[:, :n_in] = weights.T
    blocks = padded.reshape(n_out, n_blocks, block_size)
    # The largest value of a block, with its sign, becomes -8: the only level without a partner.
    peak = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[..., None], axis=2)
    scales = peak / -8.0
    levels = np.rint(np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0))
    nibbles = np.clip(levels + 8, 0, 15).astype(np.uint8)
    return nibbles[..., 0::2] | (nibbles[..., 1::2] << 4), scales[..., 0].astype(np.float32)


def main(arguments: list[str]) -> int:
    """Write OUT.onnx, the quantised form of IN.onnx."""
    parser = argparse.ArgumentParser(prog="python -m models.quantize_encoder")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--scheme", choices=ENCODER_SCHEMES, required=True)
    options = parser.parse_args(arguments)
    return run_step(
        Step(name=f"encoder {options.scheme}", target=options.target),
        lambda: save_graph(
            quantize_encoder(onnx.load(options.source), options.scheme), options.target
        ),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
