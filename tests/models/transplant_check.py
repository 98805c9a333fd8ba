"""Runs where torch is: rewrites a random Whisper decoder and prints what came out."""

from __future__ import annotations

import json

import numpy as np
import torch
import torch.nn.functional as F

from models.starter import transplant as t
from models.starter.nets import Adapter, Qwen3Decoder
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


@torch.inference_mode()
def main() -> None:
    rng = np.random.default_rng(1)
    whisper = random_whisper()
    for _ in range(150):
        encoded = torch.from_numpy(rng.normal(0, 1, (20, t.D_WHISPER))).float()
        ids = [t.START_OF_TRANSCRIPT, t.NO_TIMESTAMPS, *rng.integers(0, 40, 20).tolist()]
        whisper.forward(encoded, ids)
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
    print(
        json.dumps(
            {
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
