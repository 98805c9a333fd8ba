"""Rewrite Whisper's decoder as a Qwen3 decoder: the starter's weights before training.

Whisper's decoder attends to itself, then to the encoder's output, then runs its feed-forward part,
four times. A Qwen3 decoder has one causal attention over everything before it. Here every block
becomes two Qwen3 layers, one whose heads look at the text alone and one whose heads look at the
audio alone, and one layer in front adds Whisper's learned positions. What makes that possible:

    residual = [x: Whisper's 384 dimensions | 32 extra channels that say what a token is]

- *Who sees whom.* One dimension of every head is a malus: the query is constant, the key is minus
  the channel of the kinds that this layer must not see. Rows that may see nothing (audio
  rows) fall back on `<|audio_start|>`, whose values are zero, and so stay as they are.
- *Norm of queries and keys.* Qwen3 normalises them, Whisper does not. A large constant in a
  dimension of weight zero makes the norm constant, and the norm's weights undo it.
- *Biases.* A channel with a constant carries them. After RMSNorm it is constant / rms(x); the rms
  differs by a tenth between tokens, except for the start token, which has a channel of its own.
- *GELU.* silu(1.702 x) / 1.702 is nearly gelu(x); the other branch of SwiGLU is the constant.
- *Positions.* Six heads of the first layer compare the distance to `<asr_text>` with rotary
  positions and give six numbers; the feed-forward part interpolates Whisper's table over them.
- *RoPE* turns only the first pairs of a head: the base is 4^40, so that Whisper's own 64 dimensions
  turn by less than 0.02 rad in 1,000 positions.
- *The last LayerNorm's shift* is left out: it hardly moves the logits, and as a constant before the
  norm it would outweigh the rest (one dimension holds 14 times its scale).
- *12.5 Hz.* The adapter begins as the mean of four frames: teacher-forced accuracy on the test set
  0.93 -> 0.92.

- *Half the neurons.* 766 of 1,536 are kept in every block and what follows them is fitted anew.

The result is near enough for training to start from it (`finetune`): there it learns the prompt,
the end of clips that are not padded to 30 s, and the smaller vocabulary.

Source: openai/whisper, model.py (the computation that is rewritten).

Run: python -m models.starter.transplant --name starter (writes runs/starter/init.pt)
"""

from __future__ import annotations

import argparse
import json
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import paths
from .nets import DecoderConfig, TowerConfig
from .whisper_decoder import (
    D_WHISPER,
    END_OF_TEXT,
    HEAD,
    N_BLOCKS,
    N_HEADS,
    NO_TIMESTAMPS,
    START_OF_TRANSCRIPT,
    Weights,
    Whisper,
)

QUICK = 1.702  # gelu(x) is nearly x * sigmoid(1.702 x)
ROPE_THETA = 4.0**40  # pair i of a head turns by 4^-i a position
N_NEURONS = 768  # of Whisper's 1,536 in every block, refitted

# Extra channels of the residual.
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

# Dimensions of a head (pairs are i and i + 40): 8..39 and 48..79 hold Whisper's 64.
REAL = [*range(8, 40), *range(48, 80)]
NORM_DIM, MALUS, MALUS_AUDIO = 0, 7, 47
MALUS_NATS = 40.0
MALUS_SHARE = 0.1  # of NORM_DIM, so that it hardly adds to the norm
NORM_RATIO = 30.0  # constant over the norm of a typical query or key


def decoder_config(vocab: int) -> DecoderConfig:
    """Return the shapes of the rewritten decoder."""
    return DecoderConfig(
        vocab=vocab,
        hidden=416,
        intermediate=N_NEURONS,
        n_layers=1 + 2 * N_BLOCKS,
        n_heads=N_HEADS,
        n_kv_heads=N_HEADS,
        head_dim=80,
        rope_theta=ROPE_THETA,
    )


TOWER = TowerConfig(adapter_hidden=2 * D_WHISPER)


class Layer:
    """Weights of one Qwen3 layer, all zero at first.

    Args:
        one: row [416] that reads 1 off a normalised text token where it enters the attention.
        one_mlp: the same where it enters the feed-forward part.
    """

    def __init__(self, one: Tensor, one_mlp: Tensor) -> None:
        d, wide = 416, N_HEADS * 80
        self.q, self.k, self.v = (torch.zeros(wide, d) for _ in range(3))
        self.o = torch.zeros(d, wide)
        self.q_norm, self.k_norm = torch.zeros(80), torch.zeros(80)
        self.gate, self.up = (torch.zeros(N_NEURONS, d) for _ in range(2))
        self.down = torch.zeros(d, N_NEURONS)
        self.n_used = 0
        # RMSNorm divides by the rms over 416 dimensions: this makes it Whisper's over 384.
        self.norm = math.sqrt(D_WHISPER / d)
        self.one, self.one_mlp = one, one_mlp

    def head(self, index: int) -> slice:
        """Return the rows of a head."""
        return slice(80 * index, 80 * index + 80)

    def rows(self, index: int) -> list[int]:
        """Return the rows of a head that hold Whisper's dimensions."""
        return [80 * index + r for r in REAL]

    def neuron(self, gate: Tensor, up: Tensor, down: Tensor) -> None:
        """Add neurons: gate and up [n, 416], down [416, n]."""
        n = len(gate)
        s = slice(self.n_used, self.n_used + n)
        if s.stop > N_NEURONS:
            raise ValueError("too many neurons")
        self.gate[s], self.up[s], self.down[:, s] = gate, up, down
        self.n_used += n

    def constant(self, value: Tensor) -> None:
        """Add a constant [416] to the residual of text tokens after the feed-forward part."""
        gate = 8.0
        scale = float(F.silu(torch.tensor(gate)))
        self.neuron(gate * self.one_mlp[None], self.one_mlp[None], (value / scale)[:, None])

    def state(self) -> Weights:
        """Return the layer's tensors."""
        return {
            "input_layernorm.weight": torch.full((416,), self.norm),
            "post_attention_layernorm.weight": torch.full((416,), self.norm),
            "self_attn.q_proj.weight": self.q,
            "self_attn.k_proj.weight": self.k,
            "self_attn.v_proj.weight": self.v,
            "self_attn.o_proj.weight": self.o,
            "self_attn.q_norm.weight": self.q_norm,
            "self_attn.k_norm.weight": self.k_norm,
            "mlp.gate_proj.weight": self.gate,
            "mlp.up_proj.weight": self.up,
            "mlp.down_proj.weight": self.down,
        }


def centred(weight: Tensor, gamma: Tensor) -> Tensor:
    """Fold LayerNorm's scale and the subtraction of the mean into a weight [n, 384]."""
    scaled = weight * gamma
    return scaled - scaled.mean(1, keepdim=True)


def attention(
    layer: Layer, query: tuple[Tensor, Tensor], key: Tensor, value: Tensor,
    out: tuple[Tensor, Tensor], norms: tuple[float, float], ones: tuple[Tensor, Tensor],
    key_scale: float,
) -> None:  # fmt: skip
    """Write one Whisper attention into the heads of a layer, without its malus.

    Args:
        layer: where to.
        query: weight [384, 384] (LayerNorm folded in) and bias [384].
        key: weight [384, 384].
        value: weight [384, 384].
        out: weight [384, 384] and bias [384], the values' constant included.
        norms: typical norms of a head's query and key.
        ones: rows that read 1 off any row, and off the rows that are attended to (else 0).
        key_scale: by what the key's normalised row is smaller than the row itself.
    """
    n_query, n_key = (NORM_RATIO * n for n in norms)
    for h in range(N_HEADS):
        own, rows = slice(HEAD * h, HEAD * h + HEAD), layer.rows(h)
        layer.q[rows, :D_WHISPER] = query[0][own]
        layer.q[rows] += query[1][own, None] * layer.one[None]
        layer.k[rows, :D_WHISPER] = key[own] * key_scale
        layer.v[rows, :D_WHISPER] = value[own] * key_scale
        layer.o[:D_WHISPER, rows] = out[0][:, own]
        layer.q[80 * h + NORM_DIM] = n_query * layer.one
        layer.k[80 * h + NORM_DIM] = n_key * ones[0]
    # weights sum to 1, so a value of 1 carries the bias
    layer.v[NORM_DIM], layer.o[:D_WHISPER, NORM_DIM] = ones[1], out[1]
    # logits are q k / sqrt(80) here and q k / sqrt(64) in Whisper
    scale = (80 / 64) ** 0.25
    layer.q_norm[REAL] = scale * n_query / math.sqrt(80)
    layer.k_norm[REAL] = scale * n_key / math.sqrt(80)


def malus(
    layer: Layer, dim: int, queries: Tensor, keys: Tensor, norms: tuple[float, float]
) -> None:
    """Make keys that read 1 in `keys` invisible to queries that read 1 in `queries`."""
    n_query, n_key = (MALUS_SHARE * NORM_RATIO * n for n in norms)
    for h in range(N_HEADS):
        layer.q[80 * h + dim] = queries * n_query
        layer.k[80 * h + dim] = -keys * n_key
    amount = math.sqrt(MALUS_NATS * math.sqrt(80)) / (MALUS_SHARE * math.sqrt(80))
    layer.q_norm[dim] = layer.k_norm[dim] = amount


def mute(kind: int) -> Tensor:
    """Return the extra channels [416] of a row that is not text."""
    row = torch.zeros(416)
    row[MUTE], row[kind] = MUTED, KIND
    return row


def reading(*, audio: float = 0.0, sink: float = 0.0, prompt: float = 0.0) -> Tensor:
    """Return a row [416] that reads the given number off rows of a kind.

    Their own channels dominate these rows, so that their norm is nearly known.
    """
    row = torch.zeros(416)
    for channel, value in ((AUDIO, audio), (SINK, sink), (PROMPT, prompt)):
        row[channel] = value * math.hypot(MUTED, KIND) / KIND / math.sqrt(D_WHISPER)
    return row


def reading_mute(value: float) -> Tensor:
    """Return a row [416] that reads the given number off every row that is not text."""
    row = torch.zeros(416)
    row[MUTE] = value * math.hypot(MUTED, KIND) / MUTED / math.sqrt(D_WHISPER)
    return row


def constant_row(whisper: Whisper, block: int, name: str) -> Tensor:
    """Return the row [416] that reads about 1 off every normalised text token.

    For most tokens that is the channel ONE, because their norms are alike. The start token's is
    not: after the first block it is ten times as long as the others, by a factor that depends
    on the audio, but its direction is always the same.
    """
    text, start = whisper.text_rms(block, name), whisper.start_rms(block, name)
    row = torch.zeros(416)
    row[ONE] = text / C
    if start < 1.5 * text:
        row[START] = (start - text) / C
    else:
        direction = torch.stack([x[0] for x in whisper.normed(block, name)]).mean(0)
        row[:D_WHISPER] = (1 - text / start) * direction / direction.pow(2).sum()
    return row


def constants(whisper: Whisper, block: int, name: str) -> Tensor:
    """Return what `constant_row` reads in every token seen so far."""
    row, out = constant_row(whisper, block, name), []
    for x, rms in zip(whisper.normed(block, name), whisper.rms[block, name], strict=True):
        value = row[ONE] * C / rms + x @ row[:D_WHISPER]
        value[0] += row[START] * C / rms[0]
        out.append(value)
    return torch.cat(out)


def refit(whisper: Whisper, block: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Keep the most useful neurons of a feed-forward part and fit what follows them anew.

    Returns:
        gate weight [n, 384] and bias [n] on the LayerNorm's output, down weight [384, n], bias
        [384].
    """
    n = N_NEURONS - 2
    (w1, b1), (w2, b2) = whisper.part(block, "ffn/linear_0"), whisper.part(block, "ffn/linear_1")
    _, beta = whisper.norm(block, "ffn")
    x = torch.cat(whisper.inputs[block, "ffn"])
    wanted = F.linear(F.gelu(F.linear(x, w1, b1)), w2, b2)
    # what the channel ONE will read in each of these tokens
    one = constants(whisper, block, "ffn")[:, None]
    pre = F.linear(x - beta, w1) + one * (b1 + w1 @ beta)
    active = one * pre * torch.sigmoid(QUICK * pre)
    use = active.std(0) * w2.norm(dim=0)
    keep = use.argsort(descending=True)[:n].sort().values
    features = torch.cat(
        [active[:, keep], one * F.silu(8 * one) / F.silu(torch.tensor(8.0))], 1
    ).double()
    before = torch.cat([w2[:, keep], b2[:, None]], 1).double()
    gram = features.T @ features
    gram += 1e-2 * len(x) * features.std(0).pow(2).mean() * torch.eye(n + 1, dtype=torch.float64)
    missing = wanted.double() - features @ before.T
    fitted = (before + torch.linalg.solve(gram, features.T @ missing).T).float()
    return w1[keep], b1[keep], fitted[:, :-1], fitted[:, -1]


def text_layer(whisper: Whisper, b: int) -> Layer:
    """Return the layer of a block's self-attention."""
    name = "self_attention"
    layer = Layer(constant_row(whisper, b, name), constant_row(whisper, b, "attention"))
    weight, bias = whisper.part(b, "self_attention/linear_0")
    gamma, beta = whisper.norm(b, name)
    q, k, v = centred(weight, gamma).chunk(3)
    bq, _, bv = (bias + weight @ beta).chunk(3)  # a key's constant changes no weight
    out, out_bias = whisper.part(b, "self_attention/linear_1")
    norms = whisper.typical(b, "self")
    everywhere = layer.one + reading(audio=1, sink=1, prompt=1)
    bias = out @ bv + out_bias
    attention(layer, (q, bq), k, v, (out, bias), norms, (everywhere, layer.one), 1.0)
    malus(layer, MALUS, everywhere, reading(audio=1, prompt=1, sink=0.5), norms)
    return layer


def audio_layer(whisper: Whisper, b: int, audio_norm: float) -> Layer:
    """Return the layer of a block's cross-attention and feed-forward part.

    Args:
        audio_norm: typical norm of an audio row, the extra channels included.
    """
    layer = Layer(constant_row(whisper, b, "attention"), constant_row(whisper, b, "ffn"))
    weight, bias = whisper.part(b, "attention/linear_0")
    gamma, beta = whisper.norm(b, "attention")
    both, both_bias = whisper.part(b, "attention/linear_1")
    (k, v), (_, bv) = both.chunk(2), both_bias.chunk(2)
    out, out_bias = whisper.part(b, "attention/linear_2")
    norms = whisper.typical(b, "cross")
    everywhere = layer.one + reading(audio=1, sink=1, prompt=1)
    scale = audio_norm / math.sqrt(D_WHISPER)
    query = (centred(weight, gamma), bias + weight @ beta)
    audio = torch.zeros(416)
    audio[AUDIO] = scale / KIND
    carried = (out, out @ bv + out_bias)
    attention(layer, query, k, v, carried, norms, (everywhere, audio), scale)
    malus(layer, MALUS, everywhere, layer.one + reading(prompt=1, sink=0.5), norms)
    malus(layer, MALUS_AUDIO, reading(audio=1), reading(audio=1), norms)
    gate, gate_bias, down, down_bias = refit(whisper, b)
    gamma, beta = whisper.norm(b, "ffn")
    rows = torch.zeros(len(gate), 416)
    rows[:, :D_WHISPER] = QUICK * centred(gate, gamma)
    rows += QUICK * (gate_bias + gate @ beta)[:, None] * layer.one_mlp[None]
    # audio rows and the prompt: closed
    rows += reading_mute(-20.0)[None]
    columns = torch.zeros(416, len(gate))
    columns[:D_WHISPER] = down / QUICK
    layer.neuron(rows, layer.one_mlp[None].expand(len(gate), -1), columns)
    layer.constant(torch.cat([down_bias, torch.zeros(32)]))
    return layer


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


def rewrite(
    whisper: Whisper, token_ids: list[int], special: dict[str, int], audio_norm: float
) -> Weights:
    """Return the state of a Qwen3Decoder.

    Args:
        whisper: has seen enough speech for its statistics.
        token_ids: Whisper's id of each token of ours (-1: special, or spelled in the prompt only).
        special: ids of ours for "sink", "start", "anchor", "end" (Whisper's end of text).
        audio_norm: typical norm of an audio row.
    """
    table = whisper.weights["decoder/embeddings/weight"]
    places = whisper.weights["decoder/position_encodings/encodings"]
    embed = torch.zeros(len(token_ids), 416)
    embed[:] = mute(PROMPT)
    known = torch.tensor([i for i, old in enumerate(token_ids) if old >= 0])
    old = torch.tensor([i for i in token_ids if i >= 0])
    embed[known, :D_WHISPER] = table[old]
    embed[known, D_WHISPER:] = 0.0
    embed[known, ONE], embed[known, BALLAST] = C, POSITION_BALLAST
    sink, start, anchor = special["sink"], special["start"], special["anchor"]
    embed[sink] = mute(SINK)
    for place, (token, source) in enumerate(
        ((start, START_OF_TRANSCRIPT), (anchor, NO_TIMESTAMPS))
    ):
        embed[token] = 0.0
        embed[token, :D_WHISPER] = table[source] + places[place]
        embed[token, ONE], embed[token, BALLAST] = C, POSITION_BALLAST
    embed[start, START], embed[anchor, ANCHOR] = C, C
    embed[special["end"], :D_WHISPER] = table[END_OF_TEXT]
    layers = [position_layer(whisper, np.random.default_rng(5))]
    for b in range(N_BLOCKS):
        layers += [text_layer(whisper, b), audio_layer(whisper, b, audio_norm)]
    gamma, _ = whisper.norm(-1, "")
    final = torch.zeros(416)
    final[:D_WHISPER] = gamma * math.sqrt(D_WHISPER / 416)
    state = {"embed_tokens.weight": embed, "norm.weight": final}
    for index, layer in enumerate(layers):
        state |= {f"layers.{index}.{name}": value for name, value in layer.state().items()}
    return state


def adapter_state() -> Weights:
    """Return an adapter that gives the mean of four frames, and the audio rows' ballast."""
    mean = torch.eye(D_WHISPER).repeat(1, 4) / 4
    out = torch.zeros(416, 2 * D_WHISPER)
    out[:D_WHISPER] = torch.cat([torch.eye(D_WHISPER), -torch.eye(D_WHISPER)], 1)
    return {
        "fc1.weight": torch.cat([mean, -mean]),
        "fc1.bias": torch.zeros(2 * D_WHISPER),
        "fc2.weight": out,  # gelu(x) - gelu(-x) = x
        "fc2.bias": mute(AUDIO),
    }


def observe(whisper: Whisper, n_sentences: int, rng: np.random.Generator) -> float:
    """Let Whisper's decoder read some sentences; return the typical norm of audio rows."""
    from .clips import Corpus
    from .features import SETS, load_tower
    from .mel import log_mel
    from .whisper_tokens import whisper_tokenizer

    corpus, tower, tokenizer = Corpus("train", SETS["human"]), load_tower(), whisper_tokenizer()
    norms = []
    for _ in range(n_sentences):
        sentence = corpus.draw(str(rng.choice(corpus.voices, p=corpus.weights)), rng)
        mel = log_mel(torch.from_numpy(corpus.audio(sentence))[None], 80)
        frames = tower(mel)[0]  # [n_tokens, 4 * 384]
        pooled = frames.view(len(frames), 4, D_WHISPER).mean(1)
        norms.append(pooled.norm(dim=1))
        ids = tokenizer.encode(" " + sentence.text, add_special_tokens=False).ids
        whisper.forward(pooled, [START_OF_TRANSCRIPT, NO_TIMESTAMPS, *ids])
    return math.sqrt(MUTED**2 + KIND**2 + float(torch.cat(norms).pow(2).median()))


@torch.inference_mode()
def main() -> None:
    """Rewrite and save what `finetune` starts from."""
    from .teacher import load_decoder
    from .tokenizer import special

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter")
    parser.add_argument("--sentences", type=int, default=700)
    args = parser.parse_args()
    whisper = Whisper(load_decoder())
    audio_norm = observe(whisper, args.sentences, np.random.default_rng(1))
    token_ids = json.loads((paths.sub("tokenizer") / "whisper_ids.json").read_text())
    roles = {
        "sink": "<|audio_start|>",  # stands once, right before the audio
        "start": "<|audio_end|>",
        "anchor": "<asr_text>",
        "end": "<|im_end|>",
    }
    special_ids = {role: special(token) for role, token in roles.items()}
    decoder = rewrite(whisper, token_ids, special_ids, audio_norm)
    net = {f"model.{name}": value for name, value in decoder.items()}
    net |= {f"adapter.{name}": value for name, value in adapter_state().items()}
    torch.save({"net": net}, paths.sub("runs", args.name) / "init.pt")


if __name__ == "__main__":
    main()
