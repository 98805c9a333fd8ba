"""Measure a training state of either model: word error rate by voice on held-out
sentences.

Clean: the clip as synthesised with some silence around; degraded: the augmentations of training.
Human clips are any `<clip>.{wav,flac,mp3}` with a `.txt` beside it in `human/` of the working
directory. Also says how many clips without speech gave any text.

Run: python -m models.starter.evaluate --state ~/.cache/songshu/train/runs/starter/state.pt --clips
30
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from . import augment, clips, decode, mel, paths, wer
from .features import is_tower, tower_of
from .pupil import Starter
from .tiny_nets import AudioConfig
from .train_tiny import Tiny, config

VOICES = ("hibari", "heart", "joe", "slt", "rms", "awb", "kal16", "espeak", "espeak_held_out")
Recognize = Callable[[np.ndarray], str]


def recognizer(state: Path) -> Recognize:
    """Return a function from a waveform to text, with the averaged weights of a training state."""
    weights = torch.load(state, weights_only=False, map_location="cpu")["ema"]
    if "audio_tower.conv_out.weight" in weights:
        return tiny_recognizer(weights)
    net, tower = Starter().eval(), tower_of(weights)
    net.load_state_dict({k: v for k, v in weights.items() if not is_tower(k)})

    @torch.inference_mode()
    def recognize(waveform: np.ndarray) -> str:
        hidden = tower(mel.log_mel(torch.from_numpy(waveform)[None], 80))[0]
        return decode.greedy(net.model, net.adapter(hidden))

    return recognize


def tiny_recognizer(weights: dict[str, torch.Tensor]) -> Recognize:
    """Return the function for the tiny model."""
    net = Tiny(AudioConfig(), config()).eval()
    net.load_state_dict(weights)

    @torch.inference_mode()
    def recognize(waveform: np.ndarray) -> str:
        audio = net.audio_tower(mel.log_mel(torch.from_numpy(waveform)[None], 128))[0]
        return decode.greedy(net.model, audio)

    return recognize


def testset(recognize: Recognize) -> None:
    """Print the word error rate of the committed test set by group."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(paths.TESTSET.glob("*.flac")):
        reference = path.with_suffix(".txt").read_text().strip()
        group = path.name.split("-")[0]
        pairs.setdefault(group, []).append((reference, recognize(load_audio(path))))
    for group, found in pairs.items():
        if group == "none":
            print(f"testset none: {sum(bool(h) for _, h in found)} of {len(found)} gave text")
        else:
            print(f"testset {group} n {len(found)} WER {wer.rate(found):.3f}")


def load_audio(path: Path) -> np.ndarray:
    """Read any audio file as float32 [n_samples] at 16 kHz mono."""
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(path),
        "-ac",
        "1",
        "-ar",
        "16000",
        "-f",
        "f32le",
        "-",
    ]
    return np.frombuffer(
        subprocess.run(command, capture_output=True, check=True).stdout, np.float32
    ).copy()


def voice_pairs(
    recognize: Recognize, voice: str, count: int, strength: float
) -> list[tuple[str, str]]:
    """Transcribe held-out sentences of one voice; returns (reference, hypothesis) pairs."""
    corpus, rng = clips.Corpus("heldout", {voice: 1.0}), np.random.default_rng(5)
    pairs = []
    for sentence in corpus.sentences.get(voice, [])[:count]:
        length = sentence.n_samples + int(0.6 * augment.RATE)
        clip = clips.Clip([sentence], [1.0], [0], int(0.3 * augment.RATE), length, voice)
        pairs.append((sentence.text, recognize(clips.render(corpus, clip, length, rng, strength))))
    return pairs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--state", type=Path, help="default: that of the run called starter")
    parser.add_argument("--clips", type=int, default=30)
    parser.add_argument("--degraded", action="store_true")
    parser.add_argument("--testset", action="store_true", help="the committed set instead")
    parser.add_argument("--voices", default=",".join(VOICES))
    parser.add_argument("--show", type=int, default=1, help="examples to print per voice")
    args = parser.parse_args()
    torch.set_num_threads(1)
    recognize = recognizer(args.state or paths.sub("runs", "starter") / "state.pt")
    for voice in [] if args.testset else args.voices.split(","):
        for strength in (0.0, 1.0) if args.degraded else (0.0,):
            pairs = voice_pairs(recognize, voice, args.clips, strength)
            print(
                f"{voice:16s} strength {strength:.0f} n {len(pairs)} WER {wer.rate(pairs):.3f}",
                flush=True,
            )
            for reference, hypothesis in pairs[: args.show]:
                print(f"    {reference}\n    {hypothesis}")
    if args.testset:
        testset(recognize)
        return
    rng = np.random.default_rng(6)
    texts = [
        recognize(augment.no_speech(int(rng.uniform(0.3, 10) * augment.RATE), rng))
        for _ in range(args.clips)
    ]
    print(f"no speech: {sum(bool(t) for t in texts)} of {len(texts)} gave text")
    for path in sorted(
        p for p in paths.sub("human").iterdir() if p.suffix in (".wav", ".flac", ".mp3")
    ):
        hypothesis, reference = recognize(load_audio(path)), path.with_suffix(".txt").read_text()
        print(f"human {path.name} WER {wer.rate([(reference, hypothesis)]):.3f}\n    {hypothesis}")


if __name__ == "__main__":
    main()
