"""Mix the decoder of a training with that of its start; the tower stays that of the training.

Weights between those of before and after a short training often do better than both: what the
training broke is half undone, most of what it taught stays (Wortsman et al. 2022, "Robust
fine-tuning of zero-shot models").

Run: python -m models.starter.mix --before runs/old/state.pt --after runs/new/state.pt --share 0.35
--out mixed.pt
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from .features import is_tower


def mixed(before: dict[str, Tensor], after: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return the weights at `share` (0 to 1) of the way; what only one side has is taken as it is.

    Args:
        before: averaged weights of the start.
        after: averaged weights of the training; its tower, if there is one, is kept whole.
        share: of the training in the decoder and the adapter.
    """
    return before | {
        name: value if is_tower(name) or name not in before else before[name].lerp(value, share)
        for name, value in after.items()
    }


def main() -> None:
    """Write the mixed state, as `export_checkpoints --state` takes it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--after", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.35, help="of the training, 0 to 1")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if not 0 <= args.share <= 1:
        parser.error("--share must be from 0 to 1")
    before, after = (
        torch.load(path, weights_only=False, map_location="cpu")["ema"]
        for path in (args.before, args.after)
    )
    torch.save({"ema": mixed(before, after, args.share)}, args.out)


if __name__ == "__main__":
    main()
