"""A training run of the starter: its weights, their average, the optimiser, and how all is kept.

Only some numbers may move (`free_parts`), biases faster than the others. The averaged weights are
what is evaluated and exported. `state.pt` holds everything to go on from; `init.pt` is what
`transplant` or `warm_start` wrote.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import Tensor, nn

from . import channels
from .features import is_tower
from .live import HearingStarter
from .pupil import Starter
from .whisper_decoder import D_WHISPER

EMA, EMA_EVERY = 0.97, 4
BIAS_RATE = 10.0  # of the columns that carry biases: their weights are that much larger
WARM_UP = 30  # steps
DECAY = 0.8  # of the time, at the end


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


class Run:
    """What a training run has reached.

    Args:
        folder: of the run.
        rate: learning rate of decoder and adapter.
        tower_rate: that of the tower; 0 leaves it as it is.

    Attributes:
        net: learns; it has a tower if that learns or was trained before.
        step: steps taken.
        audio_s: seconds of audio in them.
        began: when the schedule began, seconds since the epoch.
    """

    def __init__(self, folder: Path, rate: float, tower_rate: float = 0.0) -> None:
        self._path = folder / "state.pt"
        start = self._path if self._path.exists() else folder / "init.pt"
        saved = torch.load(start, weights_only=False)
        has_tower = tower_rate > 0 or any(map(is_tower, saved["net"]))
        self.net = HearingStarter() if has_tower else Starter()
        self.net.load_state_dict(self.net.state_dict() | saved["net"])
        self._ema = {k: v.clone() for k, v in self.net.state_dict().items()} | saved.get("ema", {})
        self._masks = free_parts(self.net)
        named = list(self.net.named_parameters())
        groups = [[p for n, p in named if not is_tower(n)]]
        self._rates = [rate]
        if tower_rate:
            groups.append([p for n, p in named if is_tower(n)])
            self._rates.append(tower_rate)
        self._optimizer = torch.optim.AdamW(
            [{"params": group} for group in groups], betas=(0.9, 0.98), weight_decay=0.0
        )
        if len(saved.get("optimizer", {}).get("param_groups", ())) == len(groups):
            self._optimizer.load_state_dict(saved["optimizer"])
        self.step, self.audio_s = saved.get("step", 0), saved.get("audio_s", 0.0)
        self.began = saved.get("began", time.time())

    def set_rates(self, progress: float) -> float:
        """Set the learning rates at 0 (begin) to 1 (end) of the run; returns their scale."""
        scale = min(1.0, (self.step + 1) / WARM_UP) * min(1.0, max(0.02, (1 - progress) / DECAY))
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * scale
        return scale

    def learn(self, loss: Tensor, seconds: float) -> None:
        """Take one step down the loss of so many seconds of audio."""
        loss.backward()
        for name, parameter in self.net.named_parameters():
            if parameter.grad is not None:
                parameter.grad *= self._masks[name]
        for group in self._optimizer.param_groups:
            nn.utils.clip_grad_norm_(group["params"], 1.0)
        biases = [p for name, p in self.net.named_parameters() if is_biased(name)]
        with torch.no_grad():
            old = [p[:, channels.ONE].clone() for p in biases]
            self._optimizer.step()
            for p, value in zip(biases, old, strict=True):
                p[:, channels.ONE] += (BIAS_RATE - 1) * (p[:, channels.ONE] - value)
        self._optimizer.zero_grad(set_to_none=True)
        self.step, self.audio_s = self.step + 1, self.audio_s + seconds
        if self.step % EMA_EVERY == 0:
            self._average()

    def _average(self) -> None:
        decay = min(EMA, (1 + self.step) / (40 + self.step))
        with torch.no_grad():
            for key, value in self.net.state_dict().items():
                self._ema[key].lerp_(value, 1 - decay)

    def keep(self) -> None:
        """Write the averaged weights under a name of their own."""
        kept = self._path.with_name(f"kept-{self.step:05d}.pt")
        torch.save({"ema": self._ema, "step": self.step}, kept)

    def save(self) -> None:
        """Write all that is needed to go on."""
        state = {"net": self.net.state_dict(), "ema": self._ema}
        state |= {"optimizer": self._optimizer.state_dict(), "step": self.step}
        state |= {"audio_s": self.audio_s, "began": self.began}
        torch.save(state, self._path.with_suffix(".part"))
        self._path.with_suffix(".part").rename(self._path)
