"""Train the starter's adapter and decoder over precomputed features of the frozen Whisper tower.

In the first minutes most steps are text alone: the decoder learns to copy what stands in the place
of the audio. Later most are audio, with some copying kept to the end. A CTC head (the decoder's own
token embeddings and a blank vector, as cosine logits on the audio embeddings) pulls the audio
embeddings into token space; it is a training aid and not part of the checkpoint.

The schedule follows the clock: constant learning rate, then linear decay over the last 40 % of the
time given. State is saved every five minutes; a stopped run continues with the same command.

Run: python -m models.starter.train_starter --name starter --sets seen,all --until 23:50
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, distributed, multiprocessing, nn

from . import paths
from .batches import Batch, CopyText, FeatureStore
from .nets import Adapter, DecoderConfig, Qwen3Decoder, TowerConfig, mixed_precision
from .tokenizer import load, special

SEED = 11
POSITIONS = 1800  # sequence positions in a step of one worker, about 90 s of audio
EARLY_COPY_SHARE, COPY_SHARE = (
    0.75,
    0.12,
)  # of the steps, before and after the decoder has learned to copy
COPIED_LOSS = 1.9  # nats per token below which copying is made harder
SMOOTHING = 0.05
EMA = 0.985
SYNC_STEPS = 12  # between averaging the workers' weights


class Starter(nn.Module):
    """Adapter and decoder, and what only training needs: feature statistics, the CTC head's blank
    and scale.
    """

    def __init__(self, tower: TowerConfig, decoder: DecoderConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.adapter, self.model = Adapter(tower, decoder.hidden), Qwen3Decoder(decoder, dropout)
        self.blank = nn.Parameter(torch.randn(decoder.hidden) * 0.04)
        self.ctc_scale = nn.Parameter(torch.tensor(2.3))
        self.register_buffer("mean", torch.zeros(tower.stack * tower.d_model))
        self.register_buffer("std", torch.ones(tower.stack * tower.d_model))

    def embed_audio(self, features: Tensor) -> Tensor:
        """Map raw features [n_audio, 4 * d_model] -> audio embeddings [n_audio, hidden]."""
        return self.adapter((features - self.mean) / self.std)

    def answer_loss(self, batch: Batch, audio: Tensor) -> Tensor:
        """Return the mean cross-entropy of the answers given audio embeddings [n_audio, hidden]."""
        embeds = self.model.embed_tokens(batch.ids)
        embeds[batch.ids == special("<|audio_pad|>")] = audio.to(embeds.dtype)
        wanted = batch.labels >= 0
        logits = self.model.logits(self.model(embeds)[wanted])
        return F.cross_entropy(logits.float(), batch.labels[wanted], label_smoothing=SMOOTHING)

    def ctc_logits(self, audio: Tensor) -> Tensor:
        """Return scaled cosines of audio embeddings with tokens and blank: [..., hidden] -> [...,
        1025].
        """
        table = F.normalize(
            torch.cat([self.model.embed_tokens.weight[:1024], self.blank[None]]).float(), dim=-1
        )
        return F.normalize(audio.float(), dim=-1) @ table.T * self.ctc_scale.exp()

    def ctc_loss(self, batch: Batch, audio: Tensor) -> Tensor:
        """Return the CTC loss per transcript token of audio embeddings [n_audio, hidden]."""
        logits = self.ctc_logits(audio)
        rows = logits.log_softmax(1).split(batch.n_tokens)
        keep = [i for i, text in enumerate(batch.texts) if len(text) < batch.n_tokens[i]]
        if not keep:
            return logits.sum() * 0
        padded = nn.utils.rnn.pad_sequence([rows[i] for i in keep])
        targets = torch.tensor([t for i in keep for t in batch.texts[i]])
        lengths = torch.tensor([len(batch.texts[i]) for i in keep])
        sizes = torch.tensor([batch.n_tokens[i] for i in keep])
        loss = F.ctc_loss(
            padded, targets, sizes, lengths, blank=1024, reduction="sum", zero_infinity=True
        )
        return loss / max(1, int(lengths.sum()))

    def copied(self, tokens: Tensor, noise: float) -> Tensor:
        """Return pseudo-audio embeddings for token ids [n] (-1 is blank) with relative noise."""
        table = torch.cat([self.model.embed_tokens.weight, self.blank[None]])
        x = table[tokens]
        return x + torch.randn_like(x) * (x.detach().std() * noise)


def optimizers(net: nn.Module, lr: float) -> list[torch.optim.Optimizer]:
    """Return Muon for the decoder's matrices and AdamW for everything else."""
    matrices = [
        p for n, p in net.named_parameters() if p.dim() == 2 and ".layers." in n and p.requires_grad
    ]
    chosen = {id(p) for p in matrices}
    others = [p for p in net.parameters() if p.requires_grad and id(p) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=lr, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=lr, betas=(0.9, 0.98), weight_decay=0.01),
    ]


@dataclasses.dataclass(slots=True)
class State:
    """Everything that a continued run needs."""

    step: int = 0
    audio_s: float = 0.0
    elapsed_s: float = 0.0
    difficulty: float = 0.0  # of the text to copy, 0 to 1; rises as the decoder learns


class Run:
    """A resumable training run in `runs/<name>`."""

    def __init__(self, args: argparse.Namespace, net: Starter) -> None:
        self.args, self.folder, self.state, self.net = (
            args,
            paths.sub("runs", args.name),
            State(),
            net,
        )
        self.ema = {k: v.detach().clone().float() for k, v in self.net.state_dict().items()}
        self.optimizers = optimizers(self.net, args.lr)
        self.path = self.folder / "state.pt"
        source = self.path if self.path.exists() else Path(args.init) if args.init else None
        if source:
            saved = torch.load(source, weights_only=False)
            self.net.load_state_dict(saved["net"])
            self.ema = saved["ema"]
            for optimizer, values in zip(self.optimizers, saved["optimizers"], strict=False):
                optimizer.load_state_dict(values)
            if source == self.path:
                self.state = State(**saved["state"])

    def save(self) -> None:
        """Write the state aside, then rename."""
        saved = {
            "net": self.net.state_dict(),
            "ema": self.ema,
            "state": dataclasses.asdict(self.state),
        }
        saved["optimizers"] = [o.state_dict() for o in self.optimizers]
        torch.save(saved, self.path.with_suffix(".part"))
        self.path.with_suffix(".part").rename(self.path)

    def set_rate(self, progress: float) -> None:
        """Set the learning rates: short warm-up, constant, linear decay over the last part of the
        run.
        """
        hold = 1 - self.args.decay
        scale = min(1.0, (self.state.step + 1) / 100) * min(
            1.0, max(0.02, (1 - progress) / (1 - hold + 1e-9))
        )
        for optimizer, factor in zip(self.optimizers, (1.0, self.args.adamw), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = self.args.lr * scale * factor

    def share_weights(self) -> None:
        """Average the weights over the worker processes (local SGD: they wait for each other only
        every few steps).
        """
        with torch.no_grad():
            parameters = list(self.net.parameters())
            flat = torch.cat([p.view(-1) for p in parameters])
            distributed.all_reduce(flat)
            flat /= self.args.workers
            for parameter, part in zip(
                parameters, flat.split([p.numel() for p in parameters]), strict=True
            ):
                parameter.copy_(part.view_as(parameter))

    def update(self, loss: Tensor) -> None:
        """Take one step and move the average of the weights."""
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if self.args.workers > 1 and self.state.step % SYNC_STEPS == SYNC_STEPS - 1:
            self.share_weights()
        decay = min(EMA, (1 + self.state.step) / (10 + self.state.step))
        with torch.no_grad():
            for key, value in self.net.state_dict().items():
                self.ema[key].lerp_(value.float(), 1 - decay)
        self.state.step += 1


def deadline(clock: str) -> float:
    """Return the next moment the UTC clock shows HH:MM, as seconds since the epoch."""
    now = datetime.datetime.now(datetime.UTC)
    hour, minute = map(int, clock.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (moment + datetime.timedelta(days=moment <= now)).timestamp()


def normalise_features(net: Starter, store: FeatureStore) -> None:
    """Set the feature statistics from the first shard (only once per run)."""
    sample = torch.from_numpy(next(iter(store.shards.values()))[:40_000].astype(np.float32))
    net.mean.copy_(sample.mean(0).view(4, -1).mean(0).repeat(4))
    net.std.copy_(sample.std(0).view(4, -1).mean(0).repeat(4) + 1e-3)


def keep_going(args: argparse.Namespace, end: float) -> bool:
    """Tell whether to take another step; the first worker decides for all."""
    stop = paths.sub("runs", args.name) / "STOP"  # `touch` it to end a run in good order
    flag = torch.tensor(float(time.time() < end and not stop.exists()))
    if args.workers > 1:
        distributed.broadcast(flag, 0)
    return bool(flag)


def worker(rank: int, args: argparse.Namespace) -> None:
    """Run one worker process."""
    torch.set_num_threads(1)
    args.rank = rank
    if args.workers > 1:
        os.setsid()  # Linux shares the processor between sessions first
        address = f"tcp://127.0.0.1:{args.port}"
        distributed.init_process_group(
            "gloo", init_method=address, rank=rank, world_size=args.workers
        )
    torch.manual_seed(SEED)
    config = DecoderConfig(vocab=load().get_vocab_size(), n_layers=args.layers)
    train(Run(args, Starter(TowerConfig(), config, args.dropout)))


def copy_loss(
    net: Starter, copies: CopyText, state: State, rng: np.random.Generator, positions: int
) -> Tensor:
    """Return the loss of a batch of text to copy, and make the next one harder or easier by it."""
    level = state.difficulty * (0.5 + 0.5 * rng.random())
    batch, tokens = copies.batch(rng, positions, level)
    loss = net.answer_loss(batch, net.copied(tokens, float(rng.uniform(0, 1.2 * level))))
    state.difficulty = min(
        1.0, max(0.0, state.difficulty + (0.015 if loss.item() < COPIED_LOSS else -0.004))
    )
    return loss


def train(run: Run) -> None:
    """Train until the deadline."""
    args, net, state = run.args, run.net, run.state
    rng = np.random.default_rng([SEED, state.step, args.rank])
    torch.manual_seed(SEED + state.step * args.workers + args.rank)
    copies, store = CopyText(), FeatureStore(args.sets.split(","))
    end, began = deadline(args.until), time.time() - state.elapsed_s
    queue: list[Batch] = []
    last_save = last_log = time.time()
    sums = {"answer": 0.0, "ctc": 0.0, "copy": 0.0, "n": 0, "n_copy": 0}
    ready = bool((net.std != 1).any())
    while state.step % SYNC_STEPS or keep_going(args, end):
        state.elapsed_s = time.time() - began
        run.set_rate(state.elapsed_s / (end - began))
        if not ready and store.clips:
            normalise_features(net, store)
            ready = True
        copying = not ready or rng.random() < (
            EARLY_COPY_SHARE if state.difficulty < 0.6 else COPY_SHARE
        )
        if not copying and not queue:
            store.refresh()
            queue = store.batches(rng, POSITIONS)
        if not copying:
            batch = queue.pop()
        with mixed_precision():
            if copying:
                loss = copy_loss(net, copies, state, rng, POSITIONS)
                sums["copy"] += loss.item()
                sums["n_copy"] += 1
            else:
                assert batch.audio is not None
                audio = net.embed_audio(batch.audio)
                answer, ctc = net.answer_loss(batch, audio), net.ctc_loss(batch, audio)
                loss = answer + args.ctc * ctc
                state.audio_s += batch.seconds * args.workers
                sums["answer"] += answer.item()
                sums["ctc"] += ctc.item()
                sums["n"] += 1
        run.update(loss)
        if args.rank == 0 and time.time() - last_log > 30:
            last_log = time.time()
            n, n_copy = max(1, sums["n"]), max(1, sums["n_copy"])
            print(
                f"{state.elapsed_s:.0f} s step {state.step}"
                f" audio {state.audio_s / 3600:.1f} h of {store.hours:.1f} h"
                f" answer {sums['answer'] / n:.3f} ctc {sums['ctc'] / n:.3f}"
                f" copy {sums['copy'] / n_copy:.3f}"
                f" difficulty {state.difficulty:.2f}"
                f" lr {run.optimizers[0].param_groups[0]['lr']:.2e}",
                flush=True,
            )
            sums = dict.fromkeys(sums, 0)
        if args.rank == 0 and time.time() - last_save > 150:
            last_save = time.time()
            run.save()
    if args.rank == 0:
        run.save()


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter")
    parser.add_argument("--sets", default="seen", help="feature sets, comma separated")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument(
        "--decay", type=float, default=0.4, help="share of the time in which the rate decays"
    )
    parser.add_argument("--ctc", type=float, default=0.3, help="weight of the CTC loss")
    parser.add_argument(
        "--adamw", type=float, default=0.3, help="learning rate of adapter and embeddings, relative"
    )
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--init", default="", help="state.pt of another run to start from")
    parser.add_argument("--workers", type=int, default=2, help="processes with one thread each")
    parser.add_argument("--port", type=int, default=29511)
    args = parser.parse_args()
    if args.workers == 1:
        worker(0, args)
    else:
        multiprocessing.spawn(worker, (args,), args.workers)


if __name__ == "__main__":
    main()
