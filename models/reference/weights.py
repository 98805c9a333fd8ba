"""Random values for named tensors: each from its own seed, so order and subset do not matter.

Matrices and convolutions have variance 1 / fan-in, so that a layer keeps the size of what flows
through it and every layer adds its share to the residual stream: activations stay near 1 through 28
layers, and the token embedding (deviation 0.02, tied to the output head) does not dominate, so the
generated tokens vary with the audio instead of repeating the last one.
"""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

EMBEDDING_DEVIATION = 0.02
NORM_DEVIATION = 0.1  # around 1, so that a forgotten norm weight shows
BIAS_DEVIATION = 0.05  # visible, but small beside the activations
QUIET = 0.1  # of the usual size: such a token never has the largest logit


def random_tensor(name: str, shape: tuple[int, ...], seed: int) -> npt.NDArray[np.float32]:
    """Draw the values of one tensor.

    Args:
        name: the official name; it decides the distribution and enters the seed.
        shape: float32 of this shape is returned.
        seed: of the whole checkpoint.
    """
    generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
    values = generator.standard_normal(shape, dtype=np.float32)
    mean, deviation = distribution(name, shape)
    values *= np.float32(deviation)
    values += np.float32(mean)
    return values


def distribution(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """Return mean and standard deviation for a tensor."""
    if name.endswith(".bias"):
        return 0.0, BIAS_DEVIATION
    if len(shape) == 1:
        return 1.0, NORM_DEVIATION
    if "embed_tokens" in name or "lm_head" in name:
        return 0.0, EMBEDDING_DEVIATION
    fan_in = int(np.prod(shape[1:]))
    return 0.0, fan_in**-0.5


def quieten(embedding: npt.NDArray[np.float32], rows: list[int]) -> npt.NDArray[np.float32]:
    """Make tokens unlikely that no trained model writes, in place; float32 [n_vocab, hidden]."""
    embedding[rows] *= np.float32(QUIET)
    return embedding


def to_bfloat16(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    """Round finite float32 to the upper 16 bits, ties to even."""
    bits = values.view(np.uint32)
    rounding = ((bits >> 16) & 1) + np.uint32(0x7FFF)
    return ((bits + rounding) >> 16).astype(np.uint16)
