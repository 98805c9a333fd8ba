"""Train the tiny model, tower and decoder together, on flite's speech.

Three losses. The tower names the phones that are spoken (flite says when; three a token, since a
token lasts 80 ms and a phone may be shorter). CTC over the decoder's own token embeddings and a
blank vector (cosine logits on the audio embeddings) pulls these into token space. The answer's
cross-entropy trains the decoder. Phone heads, blank and scale are training aids and not in the
checkpoint.

The decoder first learns on text alone to copy what stands in the place of the audio, self-paced:
easy streams first, harder as its loss falls. It joins the audio steps when the tower's CTC loss
shows that there is something to listen to.

The schedule follows the clock; state is saved every two minutes, and the same command continues a
stopped run.

Run: python -m models.starter.train_tiny --until HH:MM (UTC; $SONGSHU_TRAIN names the folder)
"""

from __future__ import annotations

import argparse
import dataclasses
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import paths
from .batches import Batch, CopyText, assemble
from .clock import deadline
from .nets import DecoderConfig, Qwen3Decoder, mixed_precision
from .tiny_clips import PHONES_PER_TOKEN, Group, MelPool
from .tiny_nets import AudioConfig, AudioTower, n_tokens
from .tokenizer import load, special

SEED = 11
COPY_POSITIONS = 1800
EARLY_COPY_SHARE, COPY_SHARE = 0.5, 0.08  # of the steps, before and after copying is learned
COPIED_LOSS = 1.9  # nats per token below which copying is made harder
HEARD_CTC = 2.5  # nats per token of CTC loss below which the decoder joins in
SMOOTHING = 0.03
EMA = 0.99
PHONE_WEIGHT = 1.0  # of the phone loss at the beginning; falls to a tenth
CTC_WEIGHT = 0.5


def config() -> DecoderConfig:
    """Return the decoder's shapes."""
    return DecoderConfig(vocab=load().get_vocab_size(), n_layers=2, intermediate=256)


class Tiny(nn.Module):
    """Tower, decoder, and the training aids: phone heads, the CTC head's blank and scale."""

    def __init__(self, audio: AudioConfig, decoder: DecoderConfig, n_phones: int = 48) -> None:
        super().__init__()
        self.phones = nn.Linear(audio.d_model, PHONES_PER_TOKEN * n_phones)
        self.audio_tower, self.model = AudioTower(audio), Qwen3Decoder(decoder)
        self.blank = nn.Parameter(torch.randn(decoder.hidden) * 0.04)
        self.ctc_scale = nn.Parameter(torch.tensor(2.3))

    def answer_loss(self, batch: Batch, audio: Tensor) -> Tensor:
        """Return the mean cross-entropy of the answers given audio embeddings [n_audio, hidden]."""
        embeds = self.model.embed_tokens(batch.ids)
        embeds[batch.ids == special("<|audio_pad|>")] = audio.to(embeds.dtype)
        wanted = batch.labels >= 0
        logits = self.model.logits(self.model(embeds)[wanted])
        return F.cross_entropy(logits.float(), batch.labels[wanted], label_smoothing=SMOOTHING)

    def phone_loss(self, heard: Tensor, phones: Tensor) -> tuple[Tensor, float]:
        """Return cross-entropy and accuracy of the phones.

        Args:
            heard: the tower's tokens [batch, n, d_model].
            phones: int64 [batch, n, PHONES_PER_TOKEN].
        """
        logits = self.phones(heard).unflatten(2, (PHONES_PER_TOKEN, -1)).float()
        loss = F.cross_entropy(logits.flatten(0, 2), phones.flatten())
        return loss, float((logits.argmax(3) == phones).float().mean())

    def ctc_loss(self, batch: Batch, audio: Tensor) -> Tensor:
        """Return the CTC loss per transcript token of audio embeddings [n_audio, hidden]."""
        n_text = special("<|endoftext|>")
        table = torch.cat([self.model.embed_tokens.weight[:n_text], self.blank[None]]).float()
        cosines = F.normalize(audio.float(), dim=-1) @ F.normalize(table, dim=-1).T
        rows = (cosines * self.ctc_scale.exp()).log_softmax(1).split(batch.n_tokens)
        lengths = torch.tensor([len(text) for text in batch.texts])
        loss = F.ctc_loss(
            nn.utils.rnn.pad_sequence(list(rows)),
            torch.tensor([t for text in batch.texts for t in text]),
            torch.tensor(batch.n_tokens),
            lengths,
            blank=n_text,
            reduction="sum",
            zero_infinity=True,
        )
        return loss / max(1, int(lengths.sum()))

    def copied(self, tokens: Tensor, noise: float) -> Tensor:
        """Return pseudo-audio embeddings for token ids [n] (-1 is blank) with relative noise."""
        x = torch.cat([self.model.embed_tokens.weight, self.blank[None]])[tokens]
        return x + torch.randn_like(x) * (x.detach().std() * noise)


@dataclasses.dataclass(slots=True)
class State:
    """Everything that a continued run needs beside the weights."""

    step: int = 0
    audio_s: float = 0.0
    elapsed_s: float = 0.0
    difficulty: float = 0.0  # of the text to copy, 0 to 1; rises as the decoder learns
    heard: float = 6.0  # running CTC loss


class Trainer:
    """One run in `runs/tiny`."""

    def __init__(self, name: str, lr: float) -> None:
        self.path = paths.sub("runs", name) / "state.pt"
        self.net, self.state, self.lr = Tiny(AudioConfig(), config()), State(), lr
        self.ema = {k: v.detach().clone() for k, v in self.net.state_dict().items()}
        # (not Muon: its bfloat16 iterations take 3 s a step where the processor has no bfloat16)
        self.optimizer = torch.optim.AdamW(
            self.net.parameters(), lr=lr, betas=(0.9, 0.98), weight_decay=0.01
        )
        if self.path.exists():
            saved = torch.load(self.path, weights_only=False)
            self.net.load_state_dict(saved["net"])
            self.ema, self.state = saved["ema"], State(**saved["state"])
            self.optimizer.load_state_dict(saved["optimizer"])

    def save(self) -> None:
        """Write the state aside, then rename."""
        saved = {"net": self.net.state_dict(), "ema": self.ema}
        saved |= {"state": dataclasses.asdict(self.state)}
        saved["optimizer"] = self.optimizer.state_dict()
        torch.save(saved, self.path.with_suffix(".part"))
        self.path.with_suffix(".part").rename(self.path)

    def update(self, loss: Tensor, progress: float) -> None:
        """Take one step: short warm-up, constant rate, decay over the last 40 % of the time."""
        scale = min(1.0, (self.state.step + 1) / 60) * min(1.0, max(0.02, (1 - progress) / 0.4))
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr * scale
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        decay = min(EMA, (1 + self.state.step) / (10 + self.state.step))
        with torch.no_grad():
            for key, value in self.net.state_dict().items():
                self.ema[key].lerp_(value, 1 - decay)
        self.state.step += 1

    def copy_step(self, copies: CopyText, rng: np.random.Generator) -> tuple[Tensor, float]:
        """Return the loss of a batch of text to copy; the next one is harder or easier by it."""
        state = self.state
        level = state.difficulty * (0.5 + 0.5 * rng.random())
        batch, tokens = copies.batch(rng, COPY_POSITIONS, level)
        noise = float(rng.uniform(0, 1.2 * level))
        loss = self.net.answer_loss(batch, self.net.copied(tokens, noise))
        change = 0.015 if loss.item() < COPIED_LOSS else -0.004
        state.difficulty = min(1.0, max(0.0, state.difficulty + change))
        return loss, loss.item()

    def audio_step(
        self, group: Group, rng: np.random.Generator, listening: bool, progress: float
    ) -> tuple[Tensor, dict[str, float]]:
        """Return the loss of a group of clips and its parts."""
        heard = self.net.audio_tower.encode(group.mel)
        audio = self.net.audio_tower.project(heard)
        counts = [n_tokens(group.mel.shape[2])] * len(group.texts)
        batch = assemble(group.texts, counts, None, rng)
        flat = audio.flatten(0, 1)
        ctc = self.net.ctc_loss(batch, flat)
        phone, right = self.net.phone_loss(heard, group.phones)
        loss = CTC_WEIGHT * ctc + PHONE_WEIGHT * max(0.1, 1 - progress) * phone
        parts = {"phone": phone.item(), "right": right, "ctc": ctc.item()}
        if listening:
            answer = self.net.answer_loss(batch, flat)
            loss, parts["answer"] = loss + answer, answer.item()
        self.state.audio_s += batch.seconds
        self.state.heard += 0.05 * (ctc.item() - self.state.heard)
        return loss, parts


def train(run: Trainer, until: str) -> None:
    """Train until the deadline."""
    state = run.state
    rng = np.random.default_rng([SEED, state.step])
    torch.manual_seed(SEED + state.step)
    copies, pool = CopyText(), MelPool("train", rng)
    end, began = deadline(until), time.time() - state.elapsed_s
    last_save = last_log = time.time()
    seen: dict[str, list[float]] = {}
    while time.time() < end:
        state.elapsed_s = time.time() - began
        progress = state.elapsed_s / (end - began)
        learned = state.difficulty >= 0.5
        listening = learned and (state.heard < HEARD_CTC or progress > 0.6)
        with mixed_precision():
            if rng.random() < (COPY_SHARE if learned else EARLY_COPY_SHARE):
                loss, copied = run.copy_step(copies, rng)
                parts = {"copy": copied}
            else:
                loss, parts = run.audio_step(pool.draw(), rng, listening, progress)
        for name, value in parts.items():
            seen.setdefault(name, []).append(value)
        run.update(loss, progress)
        if time.time() - last_log > 20:
            last_log = time.time()
            means = " ".join(f"{k} {np.mean(v):.3f}" for k, v in seen.items())
            print(
                f"{state.elapsed_s:.0f} s step {state.step} audio {state.audio_s / 3600:.1f} h of"
                f" {pool.hours:.1f} h {means} difficulty {state.difficulty:.2f}",
                flush=True,
            )
            seen = {}
        if time.time() - last_save > 120:
            last_save = time.time()
            run.save()
    run.save()


def main() -> None:
    """Parse the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="tiny")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    train(Trainer(args.name, args.lr), args.until)


if __name__ == "__main__":
    main()
