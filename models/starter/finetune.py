"""Train the rewritten Whisper decoder and its adapter on speech: the starter after `transplant`.

What is left to learn: the prompt and the header, to stop where a clip ends although nothing is
padded to 30 s, to hear at 12.5 Hz, to spell what the smaller vocabulary lacks, and what the
rewriting got only nearly right. The frozen tower's features are read from disk (`features`), so a
step is the decoder alone.

Whisper's own decoder teaches (`teacher`), in three ways that fade out one after the other: its
residual stands in for the student's between blocks, so that every block learns its part alone;
the student's residual is drawn to the teacher's; and its distribution over the next token is
wanted beside the transcript's. Most steps use audio rows as keys and values only (`two_streams`);
`--whole` runs every row through every layer, as the engine does. `--tower RATE` trains the tower
too, on clips that every step renders (`live`); without it, the features must be those of the tower
that the start has (`features --state`).

State is saved every two minutes, and kept under a name of its own every `--keep` minutes: the last
one is not always the best. A stopped run continues with the same command.

Run: python -m models.starter.finetune --sets human --until HH:MM (UTC)
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import torch
from torch import Tensor, nn

from . import channels, paths, prompts
from .batches import StoredBatches
from .clock import deadline
from .features import is_tower
from .live import HearingStarter, LiveBatches
from .pupil import Course, Pupil, Starter
from .whisper_decoder import D_WHISPER

SEED = 17
POSITIONS = 2400  # sequence positions in a step, about 130 s of audio
LIVE_S = 100.0  # s of audio in a step that trains the tower
EMA, EMA_EVERY = 0.97, 4
SAVE_S, LOG_S = 120.0, 20.0
BIAS_RATE = 10.0  # of the columns that carry biases: their weights are that much larger


def free_parts(net: Starter) -> dict[str, Tensor]:
    """Return a mask for every parameter: what may be trained.

    The extra channels, the norms and the malus are the machinery of the rewriting; their values are
    small or large on purpose, and an optimiser that moves every number by the same step breaks them
    within twenty steps (measured: the loss fell to that of a model without audio and stayed).
    """
    masks = {}
    for name, parameter in net.named_parameters():
        mask = torch.zeros_like(parameter)
        if is_tower(name):
            mask[:] = 1.0
        elif parameter.dim() == 1:
            mask[:] = float(name.startswith("adapter.fc1"))
        elif name.endswith(("o_proj.weight", "down_proj.weight", "fc2.weight")):
            mask[:D_WHISPER] = 1.0
        elif name.startswith("adapter.fc1"):
            mask[:] = 1.0
        else:
            mask[:, :D_WHISPER] = 1.0
            if is_biased(name):
                mask[:, channels.ONE] = 1.0
        masks[name] = mask * float(not name.startswith("model.layers.0."))
    return masks


def is_biased(name: str) -> bool:
    """Tell whether column ONE of a weight is a bias that may be trained."""
    elsewhere = is_tower(name) or name.startswith("model.layers.0.")
    return not elsewhere and name.endswith(("q_proj.weight", "v_proj.weight", "gate_proj.weight"))


def learn(net: Starter, optimizer: torch.optim.Optimizer, masks: dict[str, Tensor]) -> None:
    """Take one step along the gradients of the parts that may be trained."""
    for name, parameter in net.named_parameters():
        if parameter.grad is not None:
            parameter.grad *= masks[name]
    for group in optimizer.param_groups:
        nn.utils.clip_grad_norm_(group["params"], 1.0)
    biases = [p for name, p in net.named_parameters() if is_biased(name)]
    with torch.no_grad():
        old = [p[:, channels.ONE].clone() for p in biases]
        optimizer.step()
        for p, value in zip(biases, old, strict=True):
            p[:, channels.ONE] += (BIAS_RATE - 1) * (p[:, channels.ONE] - value)
    optimizer.zero_grad(set_to_none=True)


def average(ema: dict[str, Tensor], net: Starter, step: int) -> None:
    """Draw the averaged weights to those of now."""
    decay = min(EMA, (1 + step) / (40 + step))
    with torch.no_grad():
        for key, value in net.state_dict().items():
            ema[key].lerp_(value, 1 - decay)


def parameter_groups(net: Starter, rate: float, tower_rate: float) -> list[dict[str, object]]:
    """Return the optimiser's groups: the decoder with its adapter, and the tower if it learns."""
    named = list(net.named_parameters())
    groups = [{"params": [p for n, p in named if not is_tower(n)], "rate": rate}]
    if tower_rate:
        groups.append({"params": [p for n, p in named if is_tower(n)], "rate": tower_rate})
    return groups


def parse() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter")
    parser.add_argument("--sets", default="human", help="feature sets, comma separated")
    parser.add_argument("--until", required=True, help="UTC HH:MM at which the schedule ends")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--alone", action="store_true", help="without the teacher")
    parser.add_argument("--again", action="store_true", help="the start was trained before")
    parser.add_argument("--keep", type=float, default=10.0, help="minutes between kept states")
    parser.add_argument("--whole", action="store_true", help="every row through every layer")
    parser.add_argument("--tower", type=float, default=0.0, help="learning rate of the tower")
    parser.add_argument("--contexts", type=float, default=0.0, help="share of clips with a context")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Train until the deadline."""
    args = parse()
    torch.set_num_threads(args.threads)
    prompts.CONTEXT_RATE, prompts.DISTRACTOR_ONLY_RATE = args.contexts * 0.7, args.contexts * 0.3
    folder = paths.sub("runs", args.name)
    path = folder / "state.pt"
    saved = torch.load(path if path.exists() else folder / "init.pt", weights_only=False)
    has_tower = args.tower or any(map(is_tower, saved["net"]))  # that of before is kept
    net = HearingStarter() if has_tower else Starter()
    net.load_state_dict(net.state_dict() | saved["net"])
    token_ids = json.loads((paths.sub("tokenizer") / "whisper_ids.json").read_text())
    pupil = Pupil(net, token_ids)
    ema = {k: v.clone() for k, v in net.state_dict().items()} | saved.get("ema", {})
    groups = parameter_groups(net, args.lr, args.tower)
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.0)
    if "optimizer" in saved:
        optimizer.load_state_dict(saved["optimizer"])
    masks = free_parts(net)
    step, audio_s = saved.get("step", 0), saved.get("audio_s", 0.0)
    rng = np.random.default_rng([SEED, step])
    sets = args.sets.split(",")
    source: LiveBatches | StoredBatches = (
        LiveBatches(sets[0], LIVE_S, net, with_teacher=not args.alone)
        if isinstance(net, HearingStarter) and args.tower
        else StoredBatches(sets, POSITIONS)
    )
    began, end = time.time(), deadline(args.until)
    began_at = saved.get("began", began)  # of the schedule
    last_log = last_save = last_kept = began
    parts: list[dict[str, float]] = []

    def save() -> None:
        state = {"net": net.state_dict(), "ema": ema, "optimizer": optimizer.state_dict()}
        state |= {"step": step, "audio_s": audio_s, "began": began_at}
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").rename(path)

    while time.time() < end:
        progress = (time.time() - began_at) / (end - began_at)
        scale = min(1.0, (step + 1) / 30) * min(1.0, max(0.02, (1 - progress) / 0.8))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * scale
        batch = source.next(rng)
        if args.whole:
            loss, part = pupil.whole_losses(batch)
        else:
            course = Course(0, 0, 0) if args.alone else Course.at(progress, args.again)
            loss, part = pupil.losses(batch, course, rng)
        loss.backward()
        learn(net, optimizer, masks)
        step, audio_s = step + 1, audio_s + batch.seconds
        if step % EMA_EVERY == 0:
            average(ema, net, step)
        parts.append(part)
        if time.time() - last_log > LOG_S:
            means = " ".join(
                f"{k} {np.mean([p[k] for p in parts if k in p]):.3f}" for k in parts[-1]
            )
            print(
                f"{time.time() - began:.0f} s step {step} {audio_s / 3600:.2f} h of"
                f" {source.hours:.1f} h {means} lr {args.lr * scale:.1e}",
                flush=True,
            )
            last_log, parts = time.time(), []
        if time.time() - last_kept > 60 * args.keep:
            last_kept = time.time()
            torch.save({"ema": ema, "step": step}, folder / f"kept-{step:05d}.pt")
        if time.time() - last_save > SAVE_S:
            last_save = time.time()
            save()
    save()


if __name__ == "__main__":
    main()
