"""Training batches whose features are computed in the step, so that the tower itself can learn.

`features` renders clips once for a frozen tower; here every step renders its own, and Whisper's
untouched tower hears the same clips without masks for the teacher. A group of `clips.plan` is one
batch: its clips have one length, so nothing is padded. Beside other work 7 to 10 times real time on
one core, a quarter of the speed of training on stored features.
"""

from __future__ import annotations

import numpy as np
import torch

from . import clips, mel
from .batches import Batch, assemble
from .features import N_MELS, SETS, STRENGTH, load_tower, mask_mel
from .pupil import Starter

PLAN_BATCHES = 16  # whose clips are drawn together and sorted by length


class HearingStarter(Starter):
    """The starter with its tower."""

    def __init__(self) -> None:
        super().__init__()
        self.audio_tower = load_tower().train().requires_grad_(True)


class LiveBatches:
    """Batches of freshly rendered clips, heard by the tower that learns.

    Args:
        name: of the mixture of voices (`features.SETS`).
        seconds: of audio in a batch.
        net: whose tower learns.
        with_teacher: add what Whisper's own tower hears in the clips without masks.

    Attributes:
        hours: of audio so far; none of it is heard twice.
    """

    def __init__(self, name: str, seconds: float, net: HearingStarter, with_teacher: bool) -> None:
        self.corpus, self.seconds = clips.Corpus("train", SETS[name]), seconds
        self.strength = STRENGTH.get(name, 1.0)
        self.tower, self.untouched = net.audio_tower, load_tower() if with_teacher else None
        self.groups: list[list[clips.Clip]] = []
        self.hours = 0.0

    def next(self, rng: np.random.Generator) -> Batch:
        """Render one batch and compute its features, with gradients to the tower that learns."""
        if not self.groups:
            planned = clips.plan(self.corpus, rng, PLAN_BATCHES * self.seconds, self.seconds)
            self.groups = [planned[int(i)] for i in rng.permutation(len(planned))]
        group = self.groups.pop()
        length = group[0].length
        waves = [clips.render(self.corpus, clip, length, rng, self.strength) for clip in group]
        clean = mel.log_mel(torch.from_numpy(np.stack(waves)), N_MELS)
        heard = self.tower(mask_mel(clean.clone(), rng))
        batch = assemble(
            [clip.text for clip in group], [heard.shape[1]] * len(group), heard.flatten(0, 1), rng
        )
        if self.untouched is not None:
            with torch.no_grad():
                batch.clean = self.untouched(clean).flatten(0, 1)
        self.hours += batch.seconds / 3600
        return batch
