"""Extra channels of the rewritten decoder's residual: they say what a token is.

    residual [416] = [x: Whisper's 384 dimensions | 32 extra channels]

A row of text holds a constant in channel ONE; rows of audio, of the prompt and of the sink hold a
large one in MUTE and a tenth of it in the channel of their kind. What reads a number off such rows
is written here too, beside the values that it undoes. See `transplant` for what they are for.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .whisper_decoder import D_WHISPER

WIDTH = D_WHISPER + 32

ONE, AUDIO, SINK, ANCHOR, PROMPT, BALLAST, START, MUTE = range(D_WHISPER, D_WHISPER + 8)
FEATURES = range(D_WHISPER + 8, D_WHISPER + 14)
POSITION_BALLAST = 8.0  # about three norms of a token's embedding: steadies the first layer's norm
FEATURE = 0.02  # scale of the position features
# These 32 channels are one block of llama.cpp's quantisation, in rows of weights and of values, so
# what one token holds there must be whole 127ths of the largest (measured: with 0.02 in place of C
# the 8-bit model heard nothing; as it is, 5 bits cost a hundredth of the accuracy). The first layer
# alone can't be had that way (FEATURE beside POSITION_BALLAST) and stays in 16 bits.
LEVEL = 1 / 127
C = POSITION_BALLAST * LEVEL  # the constant of channel ONE in text tokens
# Rows of audio, sink and prompt hold 60 in channel MUTE, which steadies their norm (rows of the
# prompt hear the audio if they come after it), and a tenth of it in the channel of their kind.
MUTED = 60.0
KIND = 13 * LEVEL * MUTED


def mute(kind: int) -> Tensor:
    """Return the extra channels [416] of a row that is not text."""
    row = torch.zeros(WIDTH)
    row[MUTE], row[kind] = MUTED, KIND
    return row


def reading(*, audio: float = 0.0, sink: float = 0.0, prompt: float = 0.0) -> Tensor:
    """Return a row [416] that reads the given number off rows of a kind.

    Their own channels dominate these rows, so that their norm is nearly known.
    """
    row = torch.zeros(WIDTH)
    for channel, value in ((AUDIO, audio), (SINK, sink), (PROMPT, prompt)):
        row[channel] = value * math.hypot(MUTED, KIND) / KIND / math.sqrt(D_WHISPER)
    return row


def reading_mute(value: float) -> Tensor:
    """Return a row [416] that reads the given number off every row that is not text."""
    row = torch.zeros(WIDTH)
    row[MUTE] = value * math.hypot(MUTED, KIND) / MUTED / math.sqrt(D_WHISPER)
    return row
