"""Runs where torch is: rewrites a random Whisper decoder and prints what came out."""

from __future__ import annotations

import json

import numpy as np
import torch
import torch.nn.functional as F

from models.starter import transplant as t
from models.starter import two_streams
from models.starter.nets import Adapter, Qwen3Decoder
from models.starter.teacher import Teacher
from models.starter.whisper_decoder import Whisper

VOCAB, N_POSITIONS = 50363, 300
SINK, START, ANCHOR, END, PROMPT = 40, 41, 42, 43, 44


def random_whisper() -> Whisper:
    generator = torch.Generator().manual_seed(3)

    def normal(*shape: int, std: float) -> torch.Tensor:
        return torch.randn(*shape, generator=generator) * std

    d = t.D_WHISPER
    weights = {
        "decoder/embeddings/weight": normal(VOCAB, d, std=0.05),
        "decoder/position_encodings/encodings": normal(8, d, std=0.03).repeat_interleave(
            N_POSITIONS // 8, 0
        ),
        "decoder/layer_norm/gamma": 1 + normal(d, std=0.1),
        "decoder/layer_norm/beta": normal(d, std=0.1),
    }
    shapes = {
        "self_attention/linear_0": (3 * d, d),
        "self_attention/linear_1": (d, d),
        "attention/linear_0": (d, d),
        "attention/linear_1": (2 * d, d),
        "attention/linear_2": (d, d),
        "ffn/linear_0": (4 * d, d),
        "ffn/linear_1": (d, 4 * d),
    }
    for block in range(t.N_BLOCKS):
        for name, (n_out, n_in) in shapes.items():
            path = f"decoder/layer_{block}/{name}"
            weights[f"{path}/weight"] = normal(n_out, n_in, std=0.4 * n_in**-0.5)
            weights[f"{path}/bias"] = normal(n_out, std=0.02)
        for name in ("self_attention", "attention", "ffn"):
            path = f"decoder/layer_{block}/{name}/layer_norm"
            weights[f"{path}/gamma"], weights[f"{path}/beta"] = torch.ones(d), torch.zeros(d)
    return Whisper(weights)


def two_streams_differ_by(net: Qwen3Decoder, rng: np.random.Generator) -> float:
    """Compare both ways through the decoder on two clips of different length."""
    before, after = [PROMPT, PROMPT, SINK], [START, PROMPT, ANCHOR, *range(9)]
    clips = [torch.from_numpy(rng.normal(0, 1, (n, 4 * t.D_WHISPER))).float() for n in (24, 17)]
    adapter = Adapter(t.TOWER, 416)
    adapter.load_state_dict(t.adapter_state())
    audio = [adapter(clip) for clip in clips]
    embeds = net.embed_tokens(torch.tensor([before + after] * 2))
    where = two_streams.layout([3, 3], [24, 17], len(before + after))
    padded = torch.nn.utils.rnn.pad_sequence(audio, batch_first=True)
    apart = two_streams.forward(net, embeds, padded, where)
    worst = 0.0
    for index, rows in enumerate(audio):
        whole = net(torch.cat([embeds[index, :3], rows, embeds[index, 3:]])[None])[0]
        difference = net.logits(whole[3 + len(rows) :]) - net.logits(apart[index, 3:])
        worst = max(worst, float(difference.abs().max()))
    return worst


def teacher_differs_by(whisper: Whisper, rng: np.random.Generator) -> tuple[float, float]:
    """Compare the batched teacher with Whisper clip by clip: log-probabilities, last residual."""
    frames = [torch.from_numpy(rng.normal(0, 1, (n, t.D_WHISPER))).float() for n in (40, 28)]
    texts = [rng.integers(0, 40, n).tolist() for n in (9, 6)]
    ids = torch.zeros(2, 9, dtype=torch.int64)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
    teacher = Teacher(whisper.weights, torch.arange(VOCAB))
    padded = torch.nn.utils.rnn.pad_sequence(frames, batch_first=True)
    lesson = teacher(padded, torch.tensor([40, 28]), ids)
    worst, residual = 0.0, 0.0
    for row, (own, text) in enumerate(zip(frames, texts, strict=True)):
        wanted = whisper.forward(own, [t.START_OF_TRANSCRIPT, t.NO_TIMESTAMPS, *text])
        found = lesson.log_probs[row, : len(text) + 2]
        worst = max(worst, float((found - wanted.log_softmax(1)).abs().max()))
        rms = lesson.residual[-1][row, : len(text) + 2].pow(2).mean(1).sqrt()
        difference = (rms - whisper.rms[t.N_BLOCKS, ""][-1]).abs().max()
        residual = max(residual, float(difference))
    return worst, residual


@torch.inference_mode()
def main() -> None:
    torch.set_num_threads(1)
    rng = np.random.default_rng(1)
    whisper = random_whisper()
    for _ in range(150):
        encoded = torch.from_numpy(rng.normal(0, 1, (20, t.D_WHISPER))).float()
        ids = [t.START_OF_TRANSCRIPT, t.NO_TIMESTAMPS, *rng.integers(0, 40, 20).tolist()]
        whisper.listen(encoded, ids)
    audio_norm = (t.MUTED**2 + t.KIND**2 + t.D_WHISPER) ** 0.5
    token_ids = [*range(40), -1, -1, -1, -1, -1, -1]
    roles = {"sink": SINK, "start": START, "anchor": ANCHOR, "end": END}
    net = Qwen3Decoder(t.decoder_config(len(token_ids)))
    net.load_state_dict(t.rewrite(whisper, token_ids, roles, audio_norm))
    net.eval()
    adapter = Adapter(t.TOWER, 416)
    adapter.load_state_dict(t.adapter_state())
    frames = torch.from_numpy(rng.normal(0, 1, (24, 4 * t.D_WHISPER))).float()
    audio = adapter(frames)
    pooled = frames.view(24, 4, -1).mean(1)
    text = rng.integers(0, 40, 15).tolist()
    outputs = []

    def run(before: list[int], between: list[int]) -> torch.Tensor:
        head = net.embed_tokens(torch.tensor([SINK, *before]))
        tail = net.embed_tokens(torch.tensor([START, *between, ANCHOR, *text]))
        hidden = net(torch.cat([head, audio, tail])[None])[0]
        return net.logits(hidden[-len(text) - 1 :])[:, :40]

    rows: list[torch.Tensor] = []
    hook = net.layers[-1].register_forward_hook(lambda _m, _i, out: rows.append(out[0]))
    outputs = [run([PROMPT] * 3, [PROMPT] * 2), run([PROMPT] * 30, [PROMPT] * 2)]
    hook.remove()
    kept = rows[0][4 : 4 + len(audio), : t.D_WHISPER]
    wanted = whisper.forward(pooled, [t.START_OF_TRANSCRIPT, t.NO_TIMESTAMPS, *text])[1:, :40]
    teacher, residual = teacher_differs_by(whisper, rng)
    print(
        json.dumps(
            {
                "two_streams": two_streams_differ_by(net, rng),
                "teacher": teacher,
                "teacher_residual": residual,
                "adapter": float((audio[:, : t.D_WHISPER] - pooled).abs().max()),
                "audio_drift": float((kept - pooled).abs().max()),
                "prompt_moves_logits": float((outputs[1] - outputs[0]).abs().max()),
                "logits_std": float(wanted.std()),
                "cosine": float(F.cosine_similarity(outputs[0], wanted, dim=1).mean()),
            }
        )
    )


if __name__ == "__main__":
    main()
