"""Runs where torch is: a training step of a random starter that hears its clips, and its export."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from models.starter import export_checkpoints, features, live, mix, paths, run, tokenizer
from models.starter.nets import TowerConfig, WhisperTower

SENTENCE = "It is late."


def write_corpus(folder: Path) -> None:
    """Write one spoken sentence, and the starter's own tokens."""
    rng = np.random.default_rng(2)
    wave = (rng.normal(0, 3000, 24_000)).astype(np.int16)
    np.save(folder / "joe-000.npy", wave)
    row = {"start": 0, "n_samples": len(wave), "text": SENTENCE}
    (folder / "joe-000.jsonl").write_text(json.dumps(row) + "\n")
    source = paths.CHECKPOINTS / "starter"
    vocab = json.loads((source / "vocab.json").read_text())
    lines = (source / "merges.txt").read_text().splitlines()
    merges = [(a, b) for a, b in (line.split() for line in lines if not line.startswith("#"))]
    tokenizer.write_files(paths.sub("tokenizer"), vocab, merges)


def main() -> None:
    torch.manual_seed(4)
    torch.set_num_threads(1)
    write_corpus(paths.sub("speech", "train"))
    untouched = WhisperTower(TowerConfig()).eval().requires_grad_(False)

    def load_tower() -> WhisperTower:
        tower = WhisperTower(TowerConfig())
        tower.load_state_dict(untouched.state_dict())
        return tower.eval().requires_grad_(False)

    live.load_tower = features.load_tower = load_tower
    folder = paths.sub("runs", "starter")
    torch.save({"net": live.HearingStarter().state_dict()}, folder / "init.pt")
    trained = run.Run(folder, rate=1e-3, tower_rate=1e-4)
    net = trained.net
    assert isinstance(net, live.HearingStarter)
    rng = np.random.default_rng(1)
    source = live.LiveBatches("human", 8.0, net, with_teacher=True)
    batch = source.next(rng)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    masks = run.free_parts(net)
    trained.set_rates(progress=0.0)
    logits, labels = net.whole(batch)
    trained.learn(F.cross_entropy(logits, labels), batch.seconds)
    trained.save()
    again = run.Run(folder, rate=5e-4, tower_rate=1e-4)
    again.step = run.WARM_UP
    again.set_rates(progress=0.0)
    after = net.state_dict()
    moved = {name: (after[name] - before[name]).abs() for name in before}
    weights, _ = export_checkpoints.starter_weights(after)
    halfway = mix.mixed(before, after, 0.5)
    tower = "audio_tower.conv1.weight"
    middle = (before["adapter.fc1.weight"] + after["adapter.fc1.weight"]) / 2
    assert batch.audio is not None
    assert batch.clean is not None
    json.dump(
        {
            "texts": sorted(set(map(tokenizer.load().decode, batch.texts))),
            "n_audio": len(batch.audio),
            "n_tokens": sum(batch.n_tokens),
            "n_clean": len(batch.clean),
            "hours": source.hours - batch.seconds / 3600,
            "tower_still": [n for n, d in moved.items() if features.is_tower(n) and not d.any()],
            "machinery": max(float((d * (masks[n] == 0)).max()) for n, d in moved.items()),
            "untouched": float(
                (source.untouched.conv1.weight - untouched.conv1.weight).abs().max()
                if source.untouched is not None
                else 1
            ),
            "rates": [group["lr"] for group in again._optimizer.param_groups],
            "resumed": all(torch.equal(again.net.state_dict()[n], v) for n, v in after.items()),
            "mixed": float((halfway["adapter.fc1.weight"] - middle).abs().max()),
            "mixed_tower": bool(torch.equal(halfway[tower], after[tower])),
            "exported_tower": bool(
                torch.equal(weights["audio_tower.conv1.weight"], after["audio_tower.conv1.weight"])
            ),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
