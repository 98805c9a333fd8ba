"""Turn matrix products and convolutions of an encoder graph into 8-bit integer products.

Float nodes flow in, integer nodes of the same interface flow out:

    rows ── largest value of each row ── scale [n_rows] ─┐
      └──── QuantizeLinear, one scale a row ── uint8 ── MatMulIntegerToFloat ── × scale ── rows

- Activations are scaled row by row (a row is one position in time; a convolution's "row" is one
  chunk) while they run. Nothing is calibrated, a loud position does not coarsen its neighbours, and
  a row's result does not depend on what else is in the batch.
- Weights have one scale for each output column.
- After GELU, which is never below -0.17, the zero point is 32 instead of 128: 223 levels instead of
  127 for the values that matter.
- A convolution with many channels becomes nine shifted slices of the quantised image side by side
  (im2col) and one product: ONNX Runtime's ConvInteger is five times slower than float.

CRITICAL: on CPUs with AVX2 but without VNNI the kernel multiplies unsigned by signed bytes and adds
neighbouring pairs in 16 bits, which saturate. ``quantize_columns`` therefore chooses each scale so
that no pair of weights can reach 2^15 with any activation: 255 × (w0 + w1) <= 255 × 128. That costs
a third of a bit; the alternatives are worse (7-bit weights: a whole bit; unsigned weights: three
times slower on CPUs with VNNI or AMX). So the same file is right on every CPU:
an emulated Haswell (qemu -cpu Haswell) gives the same bits as a Xeon with AMX, while for bytes
of 255 × 127 without this rule it gives half of the true product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from models.onnx_graph import Array, Graph, fused_node

# Levels of a weight: the largest single one, and the largest sum of two neighbours (see above).
MAX_LEVEL = 127
MAX_PAIR_LEVEL = 127.0
SMALLEST = np.float32(1e-20)

# The lowest value of GELU is -0.16997.
GELU_FLOOR = 0.17
KERNEL = 3
TO_END = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """How activations map to unsigned bytes.

    Attributes:
        zero_point: the byte of 0.0.
        smallest_scale: keeps the negative values of GELU, and rows of zeros, in range.
    """

    name: str
    zero_point: int
    smallest_scale: np.float32

    @property
    def n_levels(self) -> int:
        """Levels for the largest value of a row."""
        return 255 - self.zero_point


SYMMETRIC = Range(name="symmetric", zero_point=128, smallest_scale=SMALLEST)
AFTER_GELU = Range(name="after_gelu", zero_point=32, smallest_scale=np.float32(GELU_FLOOR / 32))


def quantize_columns(weights: npt.NDArray[np.float32]) -> tuple[Array, Array]:
    """Quantise a matrix to signed bytes with one scale for each column.

    Args:
        weights: float32 [n_in, n_out].

    Returns:
        int8 [n_in, n_out] in -127..127 and float32 [n_out], with weights = int8 * scale. The levels
        of rows 2i and 2i + 1 of a column add up to at most 128, counting equal signs only.
    """
    n_in, n_out = weights.shape
    padded = np.concatenate([weights, np.zeros((n_in % 2, n_out), np.float32)])
    pairs = padded.reshape(-1, 2, n_out)
    positive = np.maximum(pairs, 0).sum(axis=1).max(axis=0)
    negative = np.maximum(-pairs, 0).sum(axis=1).max(axis=0)
    # Each of the two levels is rounded up by at most a half: 127 here is 128 there.
    scales = np.maximum(np.maximum(positive, negative) / MAX_PAIR_LEVEL, SMALLEST)
    levels = np.clip(np.rint(weights / scales), -MAX_LEVEL, MAX_LEVEL)
    return levels.astype(np.int8), scales.astype(np.float32)


def product_to_int8(graph: Graph, product: onnx.NodeProto) -> None:
    """Replace a product of rows with a stored matrix; its output keeps its name.

    Products of the same rows (query, key and value of a plain graph) share the quantised rows.
    """
    rows, name = product.input[0], product.output[0]
    weights = graph.weights.pop(product.input[1])
    span = AFTER_GELU if _follows_gelu(graph, rows) else SYMMETRIC
    quantizer = _Quantizer(graph, rows, span)
    levels, scale = f"{rows}.levels", f"{rows}.row_scale"
    if graph.maker(levels) is None:
        levels, scale = _quantized_rows(quantizer, rows, weights.shape[0])
    quantizer.multiply(levels, weights, product.input[1], scale, name)
    graph.replace([product], quantizer.nodes)


def _quantized_rows(quantizer: _Quantizer, rows: str, n_in: int) -> tuple[str, str]:
    """Return rows as uint8 [..., n_in], and the scale of each."""
    flat = quantizer.add("Reshape", [rows, quantizer.constant("flat", [-1, n_in])], "2d")
    scale = quantizer.row_scales(rows, axes=[-1])
    levels = quantizer.quantize(flat, scale)
    shape = quantizer.add("Shape", [rows], "shape")
    return quantizer.add("Reshape", [levels, shape], "levels"), scale


def convolution_to_int8(graph: Graph, conv: onnx.NodeProto, gelu: onnx.NodeProto) -> None:
    """Replace a 3 × 3 convolution with stride 2 and padding 1, and the GELU after it.

    The image stays [n_chunks, channels, height, width] outside; inside, the channels come last.
    ONNX Runtime drops the transposes between two of these.
    """
    image, weight_name, bias_name = conv.input
    kernel = graph.weights.pop(weight_name)
    # [n_out, n_in, 3, 3] -> [3 * 3 * n_in, n_out], in the order of the slices
    weights = kernel.transpose(2, 3, 1, 0).reshape(-1, kernel.shape[0])
    quantizer = _Quantizer(graph, image, AFTER_GELU)
    scale = quantizer.row_scales(image, axes=[1, 2, 3])
    levels = quantizer.quantize(image, scale)
    levels = quantizer.add("Transpose", [levels], "channels_last", {"perm": [0, 2, 3, 1]})
    columns = _columns(quantizer, levels)
    name = conv.output[0]
    quantizer.multiply(columns, weights, weight_name, scale, f"{name}.rows")
    quantizer.nodes.append(fused_node("BiasGelu", [f"{name}.rows", bias_name], name))
    back = helper.make_node(
        "Transpose", [name], list(gelu.output), f"{name}.channels_first", perm=[0, 3, 1, 2]
    )
    graph.replace([conv, gelu], [*quantizer.nodes, back])


def is_wide_convolution(graph: Graph, conv: onnx.NodeProto) -> bool:
    """Tell whether a convolution is one of Qwen's second and third: many channels in, after GELU.

    The first one has a single channel, which is 1 % of the work and sees the unquantised input.
    """
    shape = graph.weights[conv.input[1]].shape
    return len(shape) == 4 and shape[1] > 1 and _follows_gelu(graph, conv.input[0])


def _columns(quantizer: _Quantizer, levels: str) -> str:
    """Lay the nine neighbours of every output position side by side.

    Args:
        quantizer: where the nodes go.
        levels: uint8 [n_chunks, height, width, channels].

    Returns:
        uint8 [n_chunks, ceil(height / 2), ceil(width / 2), 9 * channels].
    """
    pads = quantizer.constant("pads", [0, 1, 1, 0, 0, 1, 1, 0])
    padded = quantizer.add("Pad", [levels, pads, quantizer.zero_point], "padded")
    axes, steps = quantizer.constant("axes", [1, 2]), quantizer.constant("steps", [2, 2])
    slices = []
    for row in range(KERNEL):
        for column in range(KERNEL):
            start = quantizer.constant(f"start{row}{column}", [row, column])
            ends = [tap - 2 if tap < 2 else TO_END for tap in (row, column)]
            end = quantizer.constant(f"end{row}{column}", ends)
            inputs = [padded, start, end, axes, steps]
            slices.append(quantizer.add("Slice", inputs, f"tap{row}{column}"))
    return quantizer.add("Concat", slices, "columns", {"axis": 3})


def _follows_gelu(graph: Graph, value: str) -> bool:
    """Tell whether a value is GELU's output, seen through reshapes and transposes."""
    maker = graph.maker(value)
    if maker is None:
        return False
    if maker.op_type in ("Reshape", "Transpose"):
        return _follows_gelu(graph, maker.input[0])
    return maker.op_type in ("Gelu", "BiasGelu")


class _Quantizer:
    """Collects the nodes that quantise one value and multiply it; names derive from the value's."""

    def __init__(self, graph: Graph, value: str, span: Range) -> None:
        self.graph = graph
        self.value = value
        self.span = span
        self.nodes: list[onnx.NodeProto] = []
        self.zero_point = graph.weight(f"{span.name}.zero", np.uint8(span.zero_point))

    def add(
        self, op: str, inputs: list[str], suffix: str, attributes: dict[str, object] | None = None
    ) -> str:
        """Add a node with one output."""
        name = f"{self.value}.{suffix}"
        self.nodes.append(helper.make_node(op, inputs, [name], name, **(attributes or {})))
        return name

    def constant(self, suffix: str, values: list[int]) -> str:
        """Store integers, such as a shape."""
        return self.graph.weight(f"{self.value}.{suffix}.const", np.array(values, np.int64))

    def row_scales(self, value: str, axes: list[int]) -> str:
        """Return the step of a byte for each row, float32 with the reduced axes kept as 1."""
        span = self.span
        if span is SYMMETRIC:
            value = self.add("Abs", [value], "abs")
        peak = self.add("ReduceMax", [value, self.constant("reduced", axes)], "peak")
        step = self.graph.weight(f"{span.name}.step", np.float32(1.0 / span.n_levels))
        smallest = self.graph.weight(f"{span.name}.smallest", span.smallest_scale)
        return self.add("Max", [self.add("Mul", [peak, step], "peak_step"), smallest], "row_scale")

    def quantize(self, value: str, scale: str) -> str:
        """Return a value whose first axis has one scale for each item, as uint8."""
        scales = self.add("Reshape", [scale, self.constant("list", [-1])], "scales")
        zero = self.graph.weight(
            f"{self.span.name}.zeros", np.array([self.span.zero_point], np.uint8)
        )
        zeros = self.add("Expand", [zero, self.add("Shape", [scales], "n_scales")], "zeros")
        return self.add("QuantizeLinear", [value, scales, zeros], "bytes", {"axis": 0})

    def multiply(
        self, levels: str, weights: npt.NDArray[np.float32], weight_name: str, scale: str, name: str
    ) -> None:
        """Multiply by a quantised matrix and scale the rows back, into a value called name."""
        columns, column_scales = quantize_columns(weights)
        inputs = [
            levels,
            self.graph.weight(f"{weight_name}.int8", columns),
            self.graph.weight("one", np.float32(1.0)),
            self.graph.weight(f"{weight_name}.scale", column_scales),
            self.zero_point,
        ]
        product = f"{name}.unscaled"
        self.nodes.append(fused_node("MatMulIntegerToFloat", inputs, product))
        self.nodes.append(helper.make_node("Mul", [product, scale], [name], name))
