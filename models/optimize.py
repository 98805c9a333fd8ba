"""Fuse operations of an encoder graph into the operators that ONNX Runtime has fast kernels for.

A plain graph flows in, a graph that computes the same flows out:

    three projections of the same rows   -> one matrix product and a split
    bias addition, then GELU             -> BiasGelu

Left as they are, because the fused operators of ONNX Runtime 1.32 are slower on CPUs: a residual
addition and its LayerNorm (0.45 ms; as SkipLayerNormalization 1.3 ms for 312 rows of 896), and the
bias of the three projections (as an input of MultiHeadAttention it adds half to its time).

    python -m models.optimize IN.onnx OUT.onnx
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from models.onnx_graph import FUSED_DOMAIN, save_graph
from models.report import Step, run_step

Array: TypeAlias = npt.NDArray[Any]


class Graph:
    """The nodes of a model with look-up by input and output; edits are written back at the end."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = list(model.graph.node)
        self.initializers = {item.name: item for item in model.graph.initializer}

    def consumers(self, value: str) -> list[onnx.NodeProto]:
        """Return the nodes that read a value."""
        return [node for node in self.nodes if value in node.input]

    def only_consumer(self, value: str, op: str) -> onnx.NodeProto | None:
        """Return the node that reads a value if it is the only one and of a kind."""
        found = self.consumers(value)
        return found[0] if len(found) == 1 and found[0].op_type == op else None

    def array(self, name: str) -> Array:
        """Return the values of a weight."""
        return np.asarray(numpy_helper.to_array(self.initializers[name]))

    def replace(self, old: Iterable[onnx.NodeProto], new: Iterable[onnx.NodeProto]) -> None:
        """Put nodes where the last of the old ones stood."""
        gone = [id(node) for node in old]
        place = max(index for index, node in enumerate(self.nodes) if id(node) in gone)
        self.nodes[place + 1 : place + 1] = list(new)
        self.nodes = [node for node in self.nodes if id(node) not in gone]

    def add_weight(self, name: str, values: npt.ArrayLike) -> str:
        """Store a new weight."""
        self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def finish(self) -> onnx.ModelProto:
        """Write the nodes and the weights that are still used back into the model."""
        used = {name for node in self.nodes for name in node.input}
        del self.model.graph.node[:]
        self.model.graph.node.extend(self.nodes)
        del self.model.graph.initializer[:]
        kept = [item for name, item in self.initializers.items() if name in used]
        self.model.graph.initializer.extend(kept)
        return self.model


def optimize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Fuse what can be fused; the model is changed in place and returned."""
    graph = Graph(model)
    for node in [node for node in graph.nodes if node.op_type == "MultiHeadAttention"]:
        _pack_projections(graph, node)
    for node in [node for node in graph.nodes if node.op_type == "Gelu"]:
        _fuse_bias_gelu(graph, node)
    return graph.finish()


def _pack_projections(graph: Graph, attention: onnx.NodeProto) -> None:
    """Compute query, key and value by one product; a missing key bias (Whisper) becomes zeros."""
    parts = [_projection(graph, name) for name in attention.input[:3]]
    rows = {product.input[0] for product, _ in parts}
    if len(rows) != 1:
        return
    name = attention.name.removesuffix("attention") + "qkv"
    weights = [graph.array(product.input[1]) for product, _ in parts]
    biases = [
        np.zeros(weight.shape[1], weight.dtype) if add is None else graph.array(add.input[1])
        for weight, (_, add) in zip(weights, parts, strict=True)
    ]
    packed = graph.add_weight(f"{name}.weight", np.concatenate(weights, axis=1))
    bias = graph.add_weight(f"{name}.bias", np.concatenate(biases))
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
    maker = {output: node for node in graph.nodes for output in node.output}
    node = maker[name]
    return (maker[node.input[0]], node) if node.op_type == "Add" else (node, None)


def _fuse_bias_gelu(graph: Graph, gelu: onnx.NodeProto) -> None:
    """Join the addition of a bias with the GELU after it."""
    added = [node for node in graph.nodes if gelu.input[0] in node.output]
    if not added or added[0].op_type != "Add" or added[0].input[1] not in graph.initializers:
        return
    fused = helper.make_node(
        "BiasGelu", list(added[0].input), list(gelu.output), gelu.name, domain=FUSED_DOMAIN
    )
    graph.replace([added[0], gelu], [fused])


def main(arguments: list[str]) -> int:
    """Write OUT.onnx, the fused form of IN.onnx."""
    source, target = (Path(argument) for argument in arguments)
    return run_step(
        Step(name="optimised", target=target),
        lambda: save_graph(optimize(onnx.load(source)), target),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
