"""Train the rewritten Whisper decoder and its adapter on speech: the starter after `transplant`.

What is left to learn: the prompt and the header, to stop where a clip ends although nothing is
padded to 30 s, to hear at 12.5 Hz, to spell what the smaller vocabulary lacks, and what the
rewriting got only nearly right. The frozen tower's features are read from disk (`features`), so a
step is the decoder alone.

State is saved every two minutes; a stopped run continues with the same command.

Run: python -m models.starter.finetune --sets human --until HH:MM (UTC)
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import paths, transplant
from .batches import Batch, FeatureStore
from .nets import Adapter, Qwen3Decoder
from .tokenizer import load, special
from .train_starter import deadline

SEED = 17
POSITIONS = 2400  # sequence positions in a step, about 130 s of audio
EMA = 0.99


class Starter(nn.Module):
    """Adapter and decoder."""

    def __init__(self) -> None:
        super().__init__()
        config = transplant.decoder_config(load().get_vocab_size())
        self.adapter = Adapter(transplant.TOWER, config.hidden)
        self.model = Qwen3Decoder(config)

    def loss(self, batch: Batch) -> Tensor:
        """Return the mean cross-entropy of the answers' tokens."""
        assert batch.audio is not None
        embeds = self.model.embed_tokens(batch.ids)
        embeds[batch.ids == special("<|audio_pad|>")] = self.adapter(batch.audio)
        wanted = batch.labels >= 0
        logits = self.model.logits(self.model(embeds)[wanted])
        return F.cross_entropy(logits, batch.labels[wanted], label_smoothing=0.02)


def free_parts(net: Starter) -> dict[str, Tensor]:
    """Return a mask for every parameter: what may be trained.

    The extra channels, the norms and the malus are the machinery of the rewriting; their values are
    small or large on purpose, and an optimiser that moves every number by the same step breaks them
    within twenty steps (measured: the loss fell to that of a model without audio and stayed).
    """
    masks = {}
    for name, parameter in net.named_parameters():
        mask = torch.zeros_like(parameter)
        if parameter.dim() == 1:
            mask[:] = float(name.startswith("adapter.fc1"))
        elif name.endswith(("o_proj.weight", "down_proj.weight", "fc2.weight")):
            mask[: transplant.D_WHISPER] = 1.0
        elif name.startswith("adapter.fc1"):
            mask[:] = 1.0
        else:
            mask[:, : transplant.D_WHISPER] = 1.0
        masks[name] = mask
    return masks


def main() -> None:
    """Train until the deadline."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter2")
    parser.add_argument("--sets", default="human", help="feature sets, comma separated")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=1.5e-4)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    folder = paths.sub("runs", args.name)
    path = folder / "state.pt"
    saved = torch.load(path if path.exists() else folder / "init.pt", weights_only=False)
    net = Starter()
    net.load_state_dict(saved["net"])
    ema = saved.get("ema") or {k: v.clone() for k, v in net.state_dict().items()}
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    if "optimizer" in saved:
        optimizer.load_state_dict(saved["optimizer"])
    masks = free_parts(net)
    step, audio_s = saved.get("step", 0), saved.get("audio_s", 0.0)
    rng = np.random.default_rng([SEED, step])
    store = FeatureStore(args.sets.split(","))
    began, end = time.time(), deadline(args.until)
    last_log = last_save = began
    losses: list[float] = []
    queue: list[Batch] = []
    while time.time() < end:
        if not queue:
            store.refresh()
            queue = store.batches(rng, POSITIONS)
        progress = (time.time() - began) / (end - began)
        scale = min(1.0, (step + 1) / 30) * min(1.0, max(0.03, (1 - progress) / 0.6))
        for group in optimizer.param_groups:
            group["lr"] = args.lr * scale
        batch = queue.pop()
        loss = net.loss(batch)
        loss.backward()
        for name, parameter in net.named_parameters():
            if parameter.grad is not None:
                parameter.grad *= masks[name]
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        decay = min(EMA, (1 + step) / (10 + step))
        with torch.no_grad():
            for key, value in net.state_dict().items():
                ema[key].lerp_(value, 1 - decay)
        step, audio_s = step + 1, audio_s + batch.seconds
        losses.append(loss.item())
        if time.time() - last_log > 20:
            speed = audio_s / 3600
            print(
                f"{time.time() - began:.0f} s step {step} {speed:.2f} h of {store.hours:.1f} h"
                f" loss {np.mean(losses):.3f} lr {args.lr * scale:.1e}",
                flush=True,
            )
            last_log, losses = time.time(), []
        if time.time() - last_save > 120 or time.time() >= end:
            last_save = time.time()
            state = {"net": net.state_dict(), "ema": ema, "optimizer": optimizer.state_dict()}
            torch.save(state | {"step": step, "audio_s": audio_s}, path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)


if __name__ == "__main__":
    main()
