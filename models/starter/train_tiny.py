"""Train the tiny model, tower and decoder together, over stored mel spectrograms.

Three losses: cross-entropy of the answer, CTC in the decoder's token space (as for the starter),
and, because stored clips also carry the Whisper tower's features, the distance of every audio
embedding to the one that the trained starter gives at the same time, and between the tokens that
both stand for: a dense target that replaces many hours of audio. For that both models share one
token space: embeddings, blank and CTC scale are the starter's, frozen; a snapshot of them and of
the starter's adapter is kept as `teacher.pt`.

Until the decoder has learned to copy text (self-paced, as the starter's) and the tower's CTC loss
shows that there is something to listen to, audio steps leave the decoder out, which makes them
cheap. The run follows `train_starter.Run`: schedule by the clock, saved every few minutes, the same
command continues.

Run: python -m models.starter.train_tiny --until 23:50
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import paths
from .batches import Batch, CopyText, assemble
from .nets import DecoderConfig, TowerConfig, mixed_precision
from .tiny_nets import CHUNK_FRAMES, CHUNK_TOKENS, AudioConfig, AudioTower, n_tokens
from .tokenizer import load
from .train_starter import COPY_SHARE, EARLY_COPY_SHARE, SEED, Run, Starter, copy_loss, deadline

BATCH_FRAMES = 9000  # mel frames in a step, 90 s
HEARD_CTC = 3.0  # CTC loss in nats per token below which the decoder joins in


class Tiny(Starter):
    """Tower, decoder and the CTC head; the starter's adapter stays beside it as teacher."""

    def __init__(self, audio: AudioConfig, decoder: DecoderConfig) -> None:
        super().__init__(TowerConfig(), decoder)
        self.audio_tower = AudioTower(audio)
        for frozen in (self.adapter, self.model.embed_tokens):
            frozen.requires_grad_(False)
        self.blank.requires_grad_(False)
        self.ctc_scale.requires_grad_(False)


def config() -> DecoderConfig:
    """Return the decoder's shapes."""
    return DecoderConfig(vocab=load().get_vocab_size(), n_layers=3, intermediate=512)


def anchor(run: Run, starter: Path) -> None:
    """Take the teacher and the shared token space from a snapshot of a starter run (made once)."""
    snapshot = run.folder / "teacher.pt"
    if not snapshot.exists():
        source = torch.load(starter, weights_only=False)["ema"]
        own = ("model.layers.", "model.norm.")
        torch.save({k: v for k, v in source.items() if not k.startswith(own)}, snapshot)
    taken = torch.load(snapshot)
    run.net.load_state_dict(taken, strict=False)
    run.ema.update({k: v.clone().float() for k, v in taken.items()})


class MelStore:
    """Stored clips of the set `tiny`: mel, Whisper features and text, in groups of one length."""

    def __init__(self) -> None:
        self.groups: list[tuple[Path, list[dict[str, object]]]] = []
        self.seen: set[Path] = set()
        self.cache: dict[Path, tuple[np.ndarray, np.ndarray]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Take up new shards."""
        for path in sorted(paths.sub("features", "tiny").glob("[0-9]-[0-9][0-9][0-9][0-9].npy")):
            if path in self.seen:
                continue
            self.seen.add(path)
            self.cache[path] = (
                np.load(path, mmap_mode="r"),
                np.load(path.with_suffix(".mel.npy"), mmap_mode="r"),
            )
            by_group: dict[object, list[dict[str, object]]] = {}
            for line in path.with_suffix(".jsonl").read_text().splitlines():
                row = json.loads(line)
                by_group.setdefault(row["group"], []).append(row)
            self.groups += [(path, rows) for rows in by_group.values()]

    def draw(self, rng: np.random.Generator) -> tuple[Batch, Tensor, Tensor]:
        """Return a batch, its mel [batch, 128, n_frames] and its Whisper features [batch,
        n_teacher, 1536].
        """
        path, rows = self.groups[int(rng.integers(len(self.groups)))]
        features, mels = self.cache[path]
        n = int(rows[0]["n_frames"])  # type: ignore[call-overload]
        count = max(1, min(len(rows), BATCH_FRAMES // n))
        rows = [rows[int(i)] for i in rng.permutation(len(rows))[:count]]
        mel = np.stack([mels[r["frame"] : r["frame"] + n].T for r in rows]).astype(np.float32)
        teacher = np.stack(
            [features[r["start"] : r["start"] + r["n_tokens"]] for r in rows]
        ).astype(np.float32)
        texts = [str(r["text"]) for r in rows]
        batch = assemble(texts, [n_tokens(n)] * len(rows), None, rng)
        return batch, mask(torch.from_numpy(mel), rng), torch.from_numpy(teacher)


def mask(mel: Tensor, rng: np.random.Generator) -> Tensor:
    """Apply SpecAugment, a random level and a little noise to [batch, 128, n_frames]."""
    for row in mel:
        floor, (bins, frames) = row.min(), row.shape
        if rng.random() < 0.5:
            row.add_(torch.randn_like(row) * float(rng.uniform(0, 0.08)))
        if rng.random() < 0.6:
            for _ in range(int(rng.integers(0, 3))):
                at = int(rng.integers(bins))
                row[at : at + int(rng.integers(1, 20))] = floor
            for _ in range(int(rng.integers(0, 2 + frames // 300))):
                at = int(rng.integers(frames))
                row[:, at : at + int(rng.integers(1, 20))] = floor
    return mel


@torch.no_grad()
def teacher_targets(net: Tiny, features: Tensor, n_frames: int) -> Tensor:
    """Interpolate the starter's embeddings at the times of the tiny tower's tokens.

    Args:
        net: holds the starter's adapter.
        features: Whisper features, float32 [batch, n_teacher, 1536].
        n_frames: mel frames of the clips.

    Returns:
        float32 [batch, n_tokens, hidden].
    """
    embeds = net.embed_audio(features).float()
    index = torch.arange(n_tokens(n_frames))
    at = (index // CHUNK_TOKENS * CHUNK_FRAMES + index % CHUNK_TOKENS * 8) / 8.0
    low = at.long().clamp_max(embeds.shape[1] - 1)
    high = (low + 1).clamp_max(embeds.shape[1] - 1)
    weight = (at - low)[None, :, None].clamp(0, 1)
    return embeds[:, low] * (1 - weight) + embeds[:, high] * weight


def train(run: Run, net: Tiny) -> None:
    """Train until the deadline."""
    args, state = run.args, run.state
    rng = np.random.default_rng([SEED, state.step])
    torch.manual_seed(SEED + state.step)
    copies, store = CopyText(), MelStore()
    end, began = deadline(args.until), time.time() - state.elapsed_s
    last_save = last_log = time.time()
    heard = 6.0  # running CTC loss
    sums = {"answer": 0.0, "ctc": 0.0, "teacher": 0.0, "copy": 0.0, "n": 0, "n_copy": 0}
    while time.time() < end and not (run.folder / "STOP").exists():
        state.elapsed_s = time.time() - began
        progress = state.elapsed_s / (end - began)
        run.set_rate(progress)
        listening = (heard < HEARD_CTC or progress > 0.8) and state.difficulty >= 0.5
        copy_share = COPY_SHARE if state.difficulty >= 0.5 else EARLY_COPY_SHARE
        with mixed_precision():
            if rng.random() < copy_share or not store.groups:
                loss = copy_loss(net, copies, state, rng, 1800)
                sums["copy"] += loss.item()
                sums["n_copy"] += 1
            else:
                batch, mel, features = store.draw(rng)
                audio = net.audio_tower(mel)
                target, flat = teacher_targets(net, features, mel.shape[2]), audio.flatten(0, 1)
                teacher = (audio.float() - target).square().mean() / (target.var() + 1e-6)
                wanted = net.ctc_logits(target).softmax(-1)
                spread = -(wanted * net.ctc_logits(audio).log_softmax(-1)).sum(-1).mean()
                ctc = net.ctc_loss(batch, flat)
                answer = net.answer_loss(batch, flat) if listening else torch.zeros(())
                loss = answer + ctc + args.teacher * teacher + spread
                state.audio_s += batch.seconds
                heard += 0.05 * (ctc.item() - heard)
                for key, value in (
                    ("answer", answer),
                    ("ctc", ctc),
                    ("teacher", teacher),
                    ("n", torch.tensor(1)),
                ):
                    sums[key] += value.item()
        run.update(loss)
        if time.time() - last_log > 30:
            n, last_log = max(1, sums["n"]), time.time()
            store.refresh()
            print(
                f"{state.elapsed_s:.0f} s step {state.step} audio {state.audio_s / 3600:.1f} h"
                f" answer {sums['answer'] / n:.3f} ctc {sums['ctc'] / n:.3f}"
                f" teacher {sums['teacher'] / n:.3f}"
                f" copy {sums['copy'] / max(1, sums['n_copy']):.3f}"
                f" difficulty {state.difficulty:.2f}"
                f" shards {len(store.seen)}"
                f" lr {run.optimizers[0].param_groups[0]['lr']:.2e}",
                flush=True,
            )
            sums = dict.fromkeys(sums, 0)
        if time.time() - last_save > 150:
            last_save = time.time()
            run.save()
    run.save()


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="tiny")
    parser.add_argument("--starter", type=Path, default=paths.sub("runs", "starter") / "state.pt")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.4)
    parser.add_argument(
        "--teacher",
        type=float,
        default=1.0,
        help="weight of the distance to the starter",
    )
    args = parser.parse_args()
    args.workers, args.rank, args.init, args.adamw = 1, 0, "", 1.0
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    net = Tiny(AudioConfig(), config())
    run = Run(args, net)
    anchor(run, args.starter)
    train(run, net)


if __name__ == "__main__":
    main()
