"""Train the starter's adapter alone with CTC, at a thousand times real time: no decoder runs.

The token embeddings are taken from a training state and stay fixed, so the adapter learns to put
every frame near the embedding of the token that is spoken there, or near the blank vector. The
result goes into `ctc.pt` beside the state; `--merge` puts it into the state (run nothing else on
that state meanwhile).

Run: python -m models.starter.pretrain_ctc --minutes 8 && python -m models.starter.pretrain_ctc
--merge
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
from torch import nn

from . import paths
from .batches import Batch, FeatureStore, augment_features
from .evaluate import voice_pairs
from .features import load_tower
from .mel import log_mel
from .nets import DecoderConfig, TowerConfig, mixed_precision
from .tokenizer import load
from .train_starter import Starter, normalise_features
from .wer import rate

TOKENS = 5000  # audio tokens in a step, 400 s; clips of like length, because the CTC loss pads
PARTS = ("adapter.", "blank", "ctc_scale", "mean", "std")


def draw(store: FeatureStore, rng: np.random.Generator) -> Batch:
    """Draw a batch without prompts, around the length of a random clip."""
    pool = sorted(
        (store.clips[int(i)] for i in rng.integers(len(store.clips), size=600)), key=lambda c: c[2]
    )
    weights = np.array([c[2] for c in pool], float)
    at = int(rng.choice(len(pool), p=weights / weights.sum()))
    count = max(1, TOKENS // pool[at][2])
    start = max(0, min(at, len(pool) - count))
    drawn = pool[start : start + count]
    audio = np.concatenate([store.shards[s][start : start + n] for s, start, n, _ in drawn]).astype(
        np.float32
    )
    n_tokens = [c[2] for c in drawn]
    texts = [load().encode(c[3]).ids if c[3] else [] for c in drawn]
    features = augment_features(torch.from_numpy(audio), n_tokens, rng)
    return Batch(torch.empty(0), torch.empty(0), features, n_tokens, texts)


@torch.inference_mode()
def spelled(net: Starter) -> str:
    """Return WERs of the best CTC path on held-out sentences."""
    tower, blank = load_tower(), 1024
    table = nn.functional.normalize(
        torch.cat([net.model.embed_tokens.weight[:1024], net.blank[None]]), dim=1
    )

    def recognize(wave: np.ndarray) -> str:
        embeds = net.embed_audio(tower(log_mel(torch.from_numpy(wave)[None], 80))[0])
        path = torch.unique_consecutive(
            (nn.functional.normalize(embeds, dim=1) @ table.T).argmax(1)
        ).tolist()
        return str(load().decode([t for t in path if t != blank])).strip()

    return " ".join(
        f"{v} {rate(voice_pairs(recognize, v, 20, 0.0)):.3f}"
        for v in ("hibari", "joe", "slt", "kal16")
    )


def main() -> None:
    """Train, or merge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--sets", default="seen,all")
    parser.add_argument("--merge", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    path = paths.sub("runs", "starter") / "state.pt"
    saved = torch.load(path, weights_only=False)
    if args.merge:
        trained = torch.load(path.with_name("ctc.pt"))
        for weights in (saved["net"], saved["ema"]):
            weights.update({k: v.clone() for k, v in trained.items()})
        torch.save(saved, path)
        return
    net = Starter(TowerConfig(), DecoderConfig(vocab=load().get_vocab_size()))
    net.load_state_dict(saved["net"])
    store, rng = FeatureStore(args.sets.split(",")), np.random.default_rng(2)
    if not bool((net.std != 1).any()):
        normalise_features(net, store)
    net.model.requires_grad_(False)
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=args.lr, betas=(0.9, 0.98), weight_decay=0.01)
    began = last = time.time()
    total, count, step, hours = 0.0, 0, 0, 0.0
    while (elapsed := time.time() - began) < args.minutes * 60:
        optimizer.param_groups[0]["lr"] = args.lr * min(
            1, (step + 1) / 50, max(0.1, 2 * (1 - elapsed / args.minutes / 60))
        )
        batch = draw(store, rng)
        assert batch.audio is not None
        with mixed_precision():
            loss = net.ctc_loss(batch, net.embed_audio(batch.audio))
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        total, count, step, hours = (
            total + loss.item(),
            count + 1,
            step + 1,
            hours + batch.seconds / 3600,
        )
        if time.time() - last > 20:
            store.refresh()
            print(f"{elapsed:.0f} s step {step} {hours:.1f} h ctc {total / count:.3f}", flush=True)
            total, count, last = 0.0, 0, time.time()
    torch.save(
        {k: v for k, v in net.state_dict().items() if k.startswith(PARTS)}, path.with_name("ctc.pt")
    )
    print("CTC WER", spelled(net))


if __name__ == "__main__":
    main()
