# ruff: noqa: E501
"""Make the sample clips that a new user transcribes first: `samples/<name>.wav` with the right
words beside it.

Synthetic voices (hibari "heart", Apache-2.0; piper "joe", CC0), 16 kHz mono, with a little room
noise so that they resemble recordings. None of the sentences is in the training text.

Run in the synthesis environment: python -m models.starter.samples
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from .voices import SAMPLE_RATE, VOICES

FOLDER = Path(__file__).resolve().parents[2] / "samples"
CLIPS = (
    (
        "letter",
        "heart",
        "Dear Anna, thank you for your letter. The garden is full of flowers, and the children are well.",
    ),
    (
        "squirrel",
        "joe",
        "A small red squirrel carried a nut to the top of the old pine tree and hid it there for the winter.",
    ),
    (
        "meeting",
        "heart",
        "Let's meet on Thursday at half past nine in the library. Please bring the map and a pencil.",
    ),
    (
        "weather",
        "joe",
        "It was raining when we left the house, but by noon the sky was clear and the wind had stopped.",
    ),
)


def main() -> None:
    """Write the clips."""
    FOLDER.mkdir(exist_ok=True)
    for index, (name, voice, text) in enumerate(CLIPS):
        rng = np.random.default_rng(1000 + index)
        speech = VOICES[voice](text, rng)
        audio = np.pad(speech * 0.6, (SAMPLE_RATE // 4, SAMPLE_RATE // 3))
        audio += rng.standard_normal(len(audio)).astype(np.float32) * 0.0005
        soundfile.write(FOLDER / f"{name}.wav", audio, SAMPLE_RATE, subtype="PCM_16")
        (FOLDER / f"{name}.txt").write_text(text + "\n")
        print(name, f"{len(audio) / SAMPLE_RATE:.1f} s")


if __name__ == "__main__":
    main()
