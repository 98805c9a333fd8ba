"""Build ONNX graphs by hand: nodes, named weights, inputs and outputs with named axes.

Only what the two encoder graphs need. Weights are initializers inside the file, so that a graph is
one member of the pack. Standard operators are used wherever there is one; the fused operators of
ONNX Runtime (domain com.microsoft) are marked by ``fused``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.errors import disk_errors

# 20 is the first opset with Gelu; IR version 10 is its time's, read by every runtime since 1.18.
OPSET = 20
IR_VERSION = 10
FUSED_DOMAIN = "com.microsoft"
LAYER_NORM_EPS = 1e-5

Axes = Sequence[int | str]
Attributes = Mapping[str, Any]


class GraphBuilder:
    """Collect the nodes and weights of one graph.

    Every method returns the name of the value it adds. Node names are the names of their outputs,
    which makes quantisation recipes and error messages readable.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
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
        array = np.ascontiguousarray(values)
        self.initializers.append(numpy_helper.from_array(array, name))
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
        self.nodes.append(
            helper.make_node(
                op, list(inputs), [name], name, domain=FUSED_DOMAIN, **(attributes or {})
            )
        )
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

    def build(self) -> onnx.ModelProto:
        """Return the model."""
        graph = helper.make_graph(
            self.nodes, self.name, self.inputs, self.outputs, initializer=self.initializers
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED_DOMAIN, 1)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="songshu"
        )


def sinusoids(n_positions: int, n_channels: int) -> npt.NDArray[np.float32]:
    """Compute Whisper's position table.

    Returns:
        float32 [n_positions, n_channels]: sines in the first half of the channels, cosines in the
        second, wavelengths growing geometrically from 2π to 20,000π.
    """
    half = n_channels // 2
    step = np.float32(np.log(10000.0) / (half - 1))
    rates = np.exp(-step * np.arange(half, dtype=np.float32))
    angles = np.arange(n_positions, dtype=np.float32)[:, None] * rates[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def save_graph(model: onnx.ModelProto, path: Path) -> None:
    """Write a model to one file.

    Raises:
        DiskFullError: the disk is full.
    """
    with disk_errors(path), path.open("wb") as file:
        file.write(model.SerializeToString())
