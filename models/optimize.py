"""Fuse operations of an encoder graph into the operators that ONNX Runtime has fast kernels for.

A plain graph flows in, a graph that computes the same flows out; what is fused already, or
quantised, stays as it is:

    three projections of the same rows   -> one matrix product and a split
    bias addition, then GELU             -> BiasGelu

Left as they are, because the fused operators of ONNX Runtime 1.32 are slower on CPUs: a residual
addition and its LayerNorm (0.45 ms; as SkipLayerNormalization 1.3 ms for 312 rows of 896), and the
bias of the three projections (as an input of MultiHeadAttention it adds half to its time).

    python -m models.optimize IN.onnx OUT.onnx
"""

from __future__ import annotations

import sys

import numpy as np
import onnx
from onnx import helper

from models.onnx_graph import Graph, fused_node, load_graph, save_graph
from models.report import Step, run_step, step_parser


def optimize(graph: Graph) -> Graph:
    """Fuse what can be fused; the graph is changed in place and returned."""
    for node in graph.of_type("MultiHeadAttention"):
        _pack_projections(graph, node)
    for node in graph.of_type("Gelu"):
        _fuse_bias_gelu(graph, node)
    graph.drop_unused_weights()
    return graph


def _pack_projections(graph: Graph, attention: onnx.NodeProto) -> None:
    """Compute query, key and value by one product; a missing key bias (Whisper) becomes zeros."""
    parts = [_projection(graph, name) for name in attention.input[:3]]
    rows = {product.input[0] for product, _ in parts}
    if len(rows) != 1 or not all(_is_product(graph, product) for product, _ in parts):
        return
    name = attention.name.removesuffix("attention") + "qkv"
    weights = [graph.weights.pop(product.input[1]) for product, _ in parts]
    biases = [
        np.zeros(weight.shape[1], weight.dtype) if add is None else graph.weights[add.input[1]]
        for weight, (_, add) in zip(weights, parts, strict=True)
    ]
    packed = graph.weight(f"{name}.weight", np.concatenate(weights, axis=1))
    bias = graph.weight(f"{name}.bias", np.concatenate(biases))
    product = f"{name}.product"
    new = [
        helper.make_node("MatMul", [*rows, packed], [product], product),
        helper.make_node("Add", [product, bias], [name], name),
        helper.make_node(
            "Split", [name], list(attention.input[:3]), f"{name}.split", axis=-1, num_outputs=3
        ),
    ]
    graph.replace([node for part in parts for node in part if node is not None], new)


def _projection(graph: Graph, name: str) -> tuple[onnx.NodeProto, onnx.NodeProto | None]:
    """Return the product and the bias addition that make a value."""
    node = graph.maker(name)
    assert node is not None, name
    if node.op_type != "Add":
        return node, None
    product = graph.maker(node.input[0])
    assert product is not None, name
    return product, node


def _is_product(graph: Graph, node: onnx.NodeProto) -> bool:
    """Tell whether a node multiplies by a stored matrix."""
    return node.op_type == "MatMul" and node.input[1] in graph.weights


def _fuse_bias_gelu(graph: Graph, gelu: onnx.NodeProto) -> None:
    """Join the addition of a bias with the GELU after it."""
    add = graph.maker(gelu.input[0])
    if add is None or add.op_type != "Add" or add.input[1] not in graph.weights:
        return
    graph.replace([add, gelu], [fused_node("BiasGelu", add.input, gelu.output[0])])


def main(arguments: list[str]) -> int:
    """Write OUT.onnx, the fused form of IN.onnx."""
    options = step_parser("optimize", "IN.onnx", "OUT.onnx").parse_args(arguments)
    return run_step(
        Step(name="optimised", target=options.target),
        lambda path: save_graph(optimize(load_graph(options.source)), path),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
