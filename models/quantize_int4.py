"""Turn matrix products of an encoder graph into products with 4-bit weights.

Float nodes flow in, MatMulNBits nodes flow out. Weights share a scale in blocks of 32 rows of a
column (64 and 128 are smaller still and measurably worse); activations are quantised to 8 bits in
the same blocks while they run (accuracy level 4).

CRITICAL: this is for people who need the smallest file. The audio embeddings of the worst clip keep
a cosine of 0.9980 (starter) and 0.9937 (tiny) where int8 keeps 0.9998 and 0.9997, and 4-bit
encoders are known to loop on long and on non-English audio.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx

from models.onnx_graph import Array, Graph, fused_node

BLOCK_ROWS = 32
ACCURACY_LEVEL_INT8 = 4


def product_to_int4(graph: Graph, product: onnx.NodeProto) -> None:
    """Replace a product of rows with a stored matrix; its output keeps its name."""
    name = product.input[1]
    weights = graph.weights.pop(name)
    packed, scales = quantize_blocks(weights, BLOCK_ROWS)
    inputs = [
        product.input[0],
        graph.weight(f"{name}.int4", packed),
        graph.weight(f"{name}.scale", scales),
    ]
    attributes = {
        "K": weights.shape[0],
        "N": weights.shape[1],
        "bits": 4,
        "block_size": BLOCK_ROWS,
        "accuracy_level": ACCURACY_LEVEL_INT8,
    }
    fused = fused_node("MatMulNBits", inputs, product.output[0], attributes)
    graph.replace([product], [fused])


def quantize_blocks(weights: npt.NDArray[np.float32], block_rows: int) -> tuple[Array, Array]:
    """Quantise a matrix to 4 bits around 8, one scale for each block of a column.

    Args:
        weights: float32 [n_in, n_out].
        block_rows: rows that share a scale; the last block of a column is filled with zeros.

    Returns:
        uint8 [n_out, n_blocks, block_rows / 2], low nibble first, and float32 [n_out, n_blocks].
    """
    n_in, n_out = weights.shape
    n_blocks = -(-n_in // block_rows)
    padded = np.zeros((n_out, n_blocks * block_rows), np.float32)
    padded[:, :n_in] = weights.T
    blocks = padded.reshape(n_out, n_blocks, block_rows)
    # The largest value of a block, with its sign, becomes -8: the only level without a partner.
    peak = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=2)[..., None], axis=2)
    scales = peak / np.float32(-8.0)
    levels = np.rint(np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0))
    nibbles = np.clip(levels + 8, 0, 15).astype(np.uint8)
    return nibbles[..., 0::2] | (nibbles[..., 1::2] << 4), scales[..., 0].astype(np.float32)
