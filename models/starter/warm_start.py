"""Begin another training of the starter from its published checkpoint.

Undoes `export_checkpoints`: 8-bit matrices times their scales, feed-forward parts of zeros put
back. The tokenizer of the working directory may differ from the checkpoint's, since it follows the
training text: rows are matched by token, and a token that is new gets Whisper's own embedding.

Run: python -m models.starter.warm_start --name starter (writes runs/starter/init.pt)
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from . import channels, paths
from .features import is_tower
from .pupil import Starter
from .teacher import load_decoder
from .tokenizer import load
from .whisper_decoder import D_WHISPER

EMBEDDINGS = "model.embed_tokens.weight"


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return the float32 tensors of a safetensors file, 8-bit ones times their scales."""
    stored, out = load_file(path), {}
    for name, value in stored.items():
        if value.dtype == torch.int8:
            scales = stored[f"{name}_scale"].float()
            groups = value.float().unflatten(1, (scales.shape[1], -1))
            out[name] = (groups * scales[:, :, None]).flatten(1)
        elif not name.endswith("_scale"):
            out[name] = value.float()
    return out


def matched(
    table: Tensor, old: dict[str, int], new: dict[str, int], whisper_ids: list[int]
) -> Tensor:
    """Return embeddings [n_new + n_special, 416] for another vocabulary.

    Args:
        table: embeddings [n_old + n_special, 416].
        old: ids of its tokens, without the special ones, which follow.
        new: ids of the wanted tokens.
        whisper_ids: Whisper's ids of these.
    """
    rows = torch.zeros(len(new), table.shape[1])
    source = load_decoder()["decoder/embeddings/weight"]
    for token, index in new.items():
        if token in old:
            rows[index] = table[old[token]]
        else:
            rows[index, :D_WHISPER] = source[whisper_ids[index]]
            rows[index, channels.ONE] = channels.C
            rows[index, channels.BALLAST] = channels.POSITION_BALLAST
    return torch.cat([rows, table[len(old) :]])


def main() -> None:
    """Write what `finetune` starts from."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--name", default="starter")
    parser.add_argument("--checkpoint", type=Path, default=paths.CHECKPOINTS / "starter")
    args = parser.parse_args()
    net = read_weights(args.checkpoint / "model.safetensors")
    old, new = (
        json.loads((folder / "vocab.json").read_text())
        for folder in (args.checkpoint, paths.sub("tokenizer"))
    )
    whisper_ids = json.loads((paths.sub("tokenizer") / "whisper_ids.json").read_text())
    net[EMBEDDINGS] = matched(net[EMBEDDINGS], old, new, whisper_ids)
    wanted = Starter().state_dict()
    assert load().get_vocab_size() == len(net[EMBEDDINGS])
    missing = set(wanted) - set(net)
    if any(".mlp." not in name for name in missing):
        raise SystemExit(f"{args.checkpoint} lacks {sorted(missing)}")
    state = {name: net.get(name, torch.zeros_like(value)) for name, value in wanted.items()}
    state |= {name: value for name, value in net.items() if is_tower(name)}
    torch.save({"net": state, "ema": state}, paths.sub("runs", args.name) / "init.pt")
    shared = len(set(old) & set(new))
    print(f"{shared} of {len(new)} tokens are known, {len(missing)} parts were absent")


if __name__ == "__main__":
    main()
