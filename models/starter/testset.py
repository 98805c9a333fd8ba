"""Make the committed test set: unseen sentences as 16 kHz FLAC clips with transcripts, and clips
without speech.

`testset/<group>-<voice>-<nn>.flac` beside `.txt`; groups: seen (voices of the training), unseen
(voices and accents that no training clip has), noisy (seen voices in a room with noise), long
(about 25 s, several sentences), none (nobody speaks: the transcript is empty).

Run: python -m models.starter.testset (speech/heldout in the working directory holds the voices)
"""

from __future__ import annotations

import argparse

import numpy as np
import soundfile

from . import augment, clips, paths
from .augment import RATE, Audio, Rng

SEED = 99
SINGLE = (
    ("seen", "heart", 4, 0.0),
    ("seen", "hibari", 4, 0.0),
    ("seen", "joe", 4, 0.0),
    ("seen", "slt", 3, 0.0),
    ("seen", "rms", 3, 0.0),
    ("seen", "awb", 2, 0.0),
    ("seen", "espeak", 2, 0.0),
    ("unseen", "kal16", 3, 0.0),
    ("unseen", "espeak_held_out", 2, 0.0),
    ("noisy", "heart", 1, 0.8),
    ("noisy", "joe", 2, 0.8),
    ("noisy", "hibari", 2, 0.8),
)


def save(name: str, audio: Audio, text: str) -> None:
    """Write one clip and its transcript."""
    soundfile.write(paths.TESTSET / f"{name}.flac", audio, RATE, subtype="PCM_16")
    (paths.TESTSET / f"{name}.txt").write_text(text + "\n" if text else "")


def joined(corpus: clips.Corpus, voice: str, skip: int, seconds: float) -> clips.Clip:
    """Plan a clip of several sentences with pauses."""
    clip = clips.Clip([], [], [], RATE // 2, RATE // 2, voice)
    for sentence in corpus.sentences[voice][skip:]:
        pause = int((0.2 + 0.15 * (len(clip.sentences) % 4)) * RATE)
        if clip.length + sentence.n_samples + pause > seconds * RATE:
            break
        clip.sentences.append(sentence)
        clip.factors.append(1.0)
        clip.pauses.append(pause)
        clip.length += sentence.n_samples + pause
    return clip


def silence_kinds(rng: Rng) -> dict[str, Audio]:
    """Return the clips without speech."""
    quiet = np.float32(0.003)
    return {
        "silence": np.zeros(2 * RATE, np.float32),
        "noise": augment.coloured_noise(3 * RATE, rng) * np.float32(0.02),
        "hum": augment.hum(3 * RATE, rng) * np.float32(0.02),
        "clicks": augment.clicks(2 * RATE, rng) * np.float32(0.02),
        "music": augment.music(3 * RATE, rng) * np.float32(0.05),
        "room": augment.coloured_noise(2 * RATE, rng) * quiet,
    }


def main() -> None:
    """Write the whole set."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    voices, folder = sorted({voice for _, voice, _, _ in SINGLE}), paths.sub("speech", "heldout")
    if missing := [voice for voice in voices if not any(folder.glob(f"{voice}-*.npy"))]:
        parser.error(f"{folder} lacks {', '.join(missing)}: synthesize --split heldout")
    rng = np.random.default_rng(SEED)
    paths.TESTSET.mkdir(exist_ok=True)
    corpora = {voice: clips.Corpus("heldout", {voice: 1.0}) for voice in voices}
    used: dict[str, int] = {}
    for group, voice, count, strength in SINGLE:
        corpus = corpora[voice]
        for _ in range(count):
            while True:
                sentence = corpus.sentences[voice][-1 - used.get(voice, 0)]
                used[voice] = used.get(voice, 0) + 1
                if 1.5 < sentence.n_samples / RATE < 5:
                    break
            length = sentence.n_samples + int(0.5 * RATE)
            clip = clips.Clip([sentence], [1.0], [0], int(0.25 * RATE), length, voice)
            audio = clips.render(corpus, clip, length, rng, strength)
            save(f"{group}-{voice.replace('_', '-')}-{used[voice]:02d}", audio, sentence.text)
    for voice in ("heart", "joe"):
        clip = joined(corpora[voice], voice, 10, 25.0)
        save(f"long-{voice}", clips.render(corpora[voice], clip, clip.length, rng, 0.0), clip.text)
    for name, audio in silence_kinds(rng).items():
        save(f"none-{name}", audio, "")
    files = list(paths.TESTSET.iterdir())
    print(len(files), "files", sum(f.stat().st_size for f in files) / 1e6, "MB")


if __name__ == "__main__":
    main()
