"""The rewritten decoder's first layer: adds Whisper's learned positions to tokens of the text.

Six heads compare the distance to `<asr_text>` with rotary positions and give six numbers; the
feed-forward part interpolates Whisper's table over them.
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .channels import ANCHOR, BALLAST, FEATURE, FEATURES, POSITION_BALLAST, C, reading
from .layer_weights import MALUS, MALUS_NATS, N_NEURONS, NORM_DIM, Layer
from .whisper_decoder import D_WHISPER, N_HEADS, Whisper


def position_features(distance: Tensor) -> Tensor:
    """Return the six numbers [n, 6] that the heads read off distances to the anchor."""
    columns = []
    for h in range(N_HEADS):
        pair, phase, amplitude = HEAD_POSITIONS[h]
        columns.append(torch.sigmoid(amplitude * torch.cos(distance * 4.0**-pair + phase)))
    return torch.stack(columns, 1)


HEAD_POSITIONS = tuple(  # pair of the head that turns, phase, amplitude in nats
    (pair, phase, 3.0) for pair in (1, 2, 3) for phase in (0.0, -math.pi / 2)
)
N_POSITIONS = 224


def position_layer(whisper: Whisper, rng: np.random.Generator) -> Layer:
    """Return the layer that adds Whisper's positions to the tokens after `<asr_text>`."""
    tokens = whisper.weights["decoder/embeddings/weight"].norm(dim=1)
    rms = math.sqrt((POSITION_BALLAST**2 + float(tokens.median()) ** 2) / D_WHISPER)
    one = torch.zeros(416)
    one[BALLAST] = rms / POSITION_BALLAST
    layer = Layer(one, one)
    everywhere = one + reading(audio=1, sink=1, prompt=1)
    anchor = torch.zeros(416)
    anchor[ANCHOR] = rms / C
    for h, (pair, phase, amplitude) in enumerate(HEAD_POSITIONS):
        at = 80 * h
        layer.q[at + NORM_DIM] = everywhere * 100
        layer.k[at + NORM_DIM] = everywhere * 100
        layer.q[at + pair] = math.cos(phase) * one
        layer.q[at + pair + 40] = math.sin(phase) * one
        layer.k[at + pair] = anchor * amplitude
        layer.q[at + MALUS] = everywhere
        layer.k[at + MALUS] = anchor - everywhere + reading(sink=1)
        layer.v[at] = anchor
        layer.o[FEATURES[h], at] = FEATURE
    # rows are normalised to sqrt(80): 100 -> sqrt(80); the weights give back the products wanted
    unit = 100 / math.sqrt(80) * 80**0.25
    layer.q_norm[:], layer.k_norm[:] = unit, unit
    layer.q_norm[NORM_DIM] = layer.k_norm[NORM_DIM] = 0.0
    layer.q_norm[MALUS] *= MALUS_NATS
    table = whisper.weights["decoder/position_encodings/encodings"][:N_POSITIONS]
    seen = torch.arange(1, N_POSITIONS - 1).float()  # distance 1 is Whisper's position 2
    inputs = torch.cat(
        [torch.zeros(1, 6), position_features(torch.zeros(1)), position_features(seen)]
    )
    wanted = torch.cat([torch.zeros(2, D_WHISPER), table[2:N_POSITIONS]])
    n = N_NEURONS - 2
    slope = torch.from_numpy(rng.normal(0, 5.0, (n, N_HEADS))).float()
    centre = inputs[torch.from_numpy(rng.integers(0, len(inputs), n))]
    shift = -(slope * centre).sum(1)
    pre = inputs @ slope.T + shift
    # tokens differ a little in norm: fit what stays right when everything is scaled by that
    active = torch.cat([f * F.silu(f * pre) for f in (0.997, 1.0, 1.003)]).double()
    gram = active.T @ active
    gram += 1e-6 * gram.diagonal().mean() * torch.eye(n, dtype=torch.float64)
    down = torch.linalg.solve(gram, active.T @ wanted.repeat(3, 1).double()).float()
    rows = shift[:, None] * one[None]
    for h in range(N_HEADS):
        rows[:, FEATURES[h]] = slope[:, h] * rms / FEATURE
    columns = torch.zeros(416, n)
    columns[:D_WHISPER] = down.T
    layer.neuron(rows, one[None].expand(n, -1), columns)
    ballast = torch.zeros(416)
    ballast[BALLAST] = -POSITION_BALLAST
    layer.constant(ballast)
    return layer
