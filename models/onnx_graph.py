"""Build, edit and write ONNX graphs: nodes, named weights, inputs and outputs with named axes.

Only what the two encoder graphs need. Weights are NumPy arrays until the file is written, and are
written one by one: a protobuf message may be cut into pieces that are written after each other, so
the whole file never exists in memory and a model takes the memory of its weights once. Standard
operators are used wherever there is one; the fused operators of ONNX Runtime (domain com.microsoft)
are marked by ``fused``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

from models.errors import GraphError, disk_errors

# 20 is the first opset with Gelu; IR version 10 is its time's, read by every runtime since 1.18.
OPSET = 20
IR_VERSION = 10
FUSED_DOMAIN = "com.microsoft"
LAYER_NORM_EPS = 1e-5
NO_GRAPH = "is no ONNX graph that an earlier step wrote"

Array: TypeAlias = npt.NDArray[Any]
Axes: TypeAlias = Sequence[int | str]
Attributes: TypeAlias = Mapping[str, Any]


class Graph:
    """A graph under construction.

    Methods that add a node return the name of its value. Node names are the names of their outputs,
    which makes quantisation recipes and error messages readable.

    Attributes:
        nodes: in the order of computation.
        weights: the stored arrays by name.
        inputs, outputs: declared values, float32.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, Array] = {}
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, axes: Axes) -> str:
        """Declare a float32 input."""
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(axes)))
        return name

    def output(self, value: str, name: str, axes: Axes) -> None:
        """Declare a value as float32 output under a name."""
        self.add("Identity", [value], name)
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(axes)))

    def weight(self, name: str, values: npt.ArrayLike) -> str:
        """Store an array in the file."""
        self.weights[name] = np.asarray(values)
        return name

    def add(
        self, op: str, inputs: Sequence[str], name: str, attributes: Attributes | None = None
    ) -> str:
        """Add a standard operator with one output, which bears the name of the node."""
        self.nodes.append(helper.make_node(op, list(inputs), [name], name, **(attributes or {})))
        return name

    def fused(
        self, op: str, inputs: Sequence[str], name: str, attributes: Attributes | None = None
    ) -> str:
        """Add an operator of ONNX Runtime with one output."""
        self.nodes.append(fused_node(op, inputs, name, attributes))
        return name

    def linear(
        self,
        value: str,
        name: str,
        weight: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32] | None,
    ) -> str:
        """Multiply by a torch-style weight.

        Args:
            value: float32 [..., n_in].
            name: of the result; the weight is called ``<name>.weight``.
            weight: float32 [n_out, n_in].
            bias: float32 [n_out] or None.

        Returns:
            The name of the result, float32 [..., n_out].
        """
        product = name if bias is None else f"{name}.product"
        self.add("MatMul", [value, self.weight(f"{name}.weight", weight.T)], product)
        if bias is None:
            return product
        return self.add("Add", [product, self.weight(f"{name}.bias", bias)], name)

    def layer_norm(
        self,
        value: str,
        name: str,
        scale: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
    ) -> str:
        """Normalise over the last axis."""
        inputs = [value, self.weight(f"{name}.weight", scale), self.weight(f"{name}.bias", bias)]
        attributes = {"axis": -1, "epsilon": LAYER_NORM_EPS}
        return self.add("LayerNormalization", inputs, name, attributes)

    def gelu(self, value: str, name: str) -> str:
        """Apply the exact GELU, x / 2 * (1 + erf(x / sqrt(2)))."""
        return self.add("Gelu", [value], name)

    def of_type(self, op: str) -> list[onnx.NodeProto]:
        """Return the nodes of a kind."""
        return [node for node in self.nodes if node.op_type == op]

    def maker(self, value: str) -> onnx.NodeProto | None:
        """Return the node that computes a value; inputs and weights have none."""
        return next((node for node in self.nodes if value in node.output), None)

    def only_consumer(self, value: str, op: str) -> onnx.NodeProto | None:
        """Return the node that reads a value if it is the only one and of a kind."""
        found = [node for node in self.nodes if value in node.input]
        return found[0] if len(found) == 1 and found[0].op_type == op else None

    def replace(self, old: Iterable[onnx.NodeProto], new: Iterable[onnx.NodeProto]) -> None:
        """Put nodes where the last of the old ones stood."""
        gone = [id(node) for node in old]
        place = max(index for index, node in enumerate(self.nodes) if id(node) in gone)
        self.nodes[place + 1 : place + 1] = list(new)
        self.nodes = [node for node in self.nodes if id(node) not in gone]

    def drop_unused_weights(self) -> None:
        """Forget the arrays that no node reads any more."""
        used = {name for node in self.nodes for name in node.input}
        self.weights = {name: values for name, values in self.weights.items() if name in used}

    def skeleton(self) -> onnx.ModelProto:
        """Return the model without its weights."""
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED_DOMAIN, 1)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="songshu"
        )


def fused_node(
    op: str, inputs: Sequence[str], name: str, attributes: Attributes | None = None
) -> onnx.NodeProto:
    """Return an operator of ONNX Runtime with one output, which bears the name of the node."""
    return helper.make_node(
        op, list(inputs), [name], name, domain=FUSED_DOMAIN, **(attributes or {})
    )


def position_rates(n_channels: int) -> npt.NDArray[np.float32]:
    """Return by how much the angles of Whisper's positions grow from row to row.

    Returns:
        float32 [n_channels / 2], for sines in the first half of the channels and cosines in the
        second: wavelengths grow geometrically from 2π to 20,000π.
    """
    half = n_channels // 2
    step = np.float32(np.log(10000.0) / (half - 1))
    rates: npt.NDArray[np.float32] = np.exp(-step * np.arange(half, dtype=np.float32))
    return rates


def serialize(graph: Graph) -> Iterable[bytes]:
    """Yield the pieces of the file: the model without weights, then each weight."""
    yield graph.skeleton().SerializeToString()
    for name, values in graph.weights.items():
        piece = onnx.ModelProto()
        tensor = numpy_helper.from_array(np.ascontiguousarray(values), name)
        piece.graph.initializer.append(tensor)
        yield piece.SerializeToString()


def save_graph(graph: Graph, path: Path) -> None:
    """Write a graph to one file.

    Raises:
        DiskFullError: the disk is full.
    """
    with disk_errors(path), path.open("wb") as file:
        for piece in serialize(graph):
            file.write(piece)


def load_graph(path: Path) -> Graph:
    """Read a graph that ``save_graph`` wrote.

    Raises:
        GraphError: the file is none.
    """
    try:
        model = onnx.load(path, format="protobuf").graph
    except DecodeError as exc:
        raise GraphError(path, NO_GRAPH) from exc
    if not model.node:  # an empty file can be decoded, too
        raise GraphError(path, NO_GRAPH)
    graph = Graph(model.name)
    graph.nodes.extend(model.node)
    graph.inputs.extend(model.input)
    graph.outputs.extend(model.output)
    for item in model.initializer:
        graph.weight(item.name, numpy_helper.to_array(item))
    return graph
