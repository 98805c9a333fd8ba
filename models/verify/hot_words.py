"""What hot words do to a pack's word error rate: on clips that hold them, and on clips that do not.

Every clip is recognised three times: without hot words, with its own long words hidden among those
of all other clips, and with only the others'. The first two tell what a person gains whose list is
right, the last what a list costs that has nothing to do with the recording. No context is given,
so that the decoder's preference is measured alone.

Run: .venv/bin/python -m models.verify.hot_words PACK (clips: models/starter/testset)
"""

from __future__ import annotations

import argparse
import re
import sys
from contextlib import closing
from pathlib import Path

import numpy as np

from app.audio.decode import open_audio
from app.engine.clip import ClipRecognizer
from app.engine.hypothesis import parse_hypothesis
from app.engine.pack import open_pack
from app.engine.types import FloatArray, TranscribeOptions
from models.errors import TooFewClipsError
from models.quality import MIN_CLIPS
from models.report import run_command
from models.verify.metrics import ErrorRate, sum_errors, word_errors

CLIPS = Path(__file__).parents[1] / "starter" / "testset"
LONG = re.compile(r"[A-Za-z][A-Za-z'-]{5,}")  # short words are hardly ever put on such a list


def main(arguments: list[str]) -> int:
    """Print a Markdown table; return 0, or 1 after an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=Path)
    parser.add_argument("--clips", type=Path, default=CLIPS, help="folder of .flac beside .txt")
    options = parser.parse_args(arguments)
    return run_command(lambda: compare(options.pack, options.clips))


def compare(pack: Path, clips: Path) -> None:
    """Recognise every clip with each list and print the word error rates.

    Raises:
        TooFewClipsError: there are no other clips whose words a list could hold.
        PackError, EngineError, AudioError: the pack or a clip cannot be used.
    """
    paths = [path for path in sorted(clips.glob("*.flac")) if text_of(path)]
    if len(paths) < MIN_CLIPS:
        raise TooFewClipsError(clips, len(paths))
    words = {path: set(LONG.findall(text_of(path))) for path in paths}
    every = set().union(*words.values())
    lists = {
        "none": {path: set() for path in paths},
        "the clip's own among all": dict.fromkeys(paths, every),
        "only those of other clips": {path: every - words[path] for path in paths},
    }
    with closing(ClipRecognizer(open_pack(pack), n_threads=2)) as recognizer:
        print(f"{len(paths)} clips, {len(every)} words\n\n| hot words | WER |\n|---|---|")
        for name, wanted in lists.items():
            errors = sum_errors(count_errors(recognizer, path, wanted[path]) for path in paths)
            print(f"| {name} | {errors.rate:.3f} |", flush=True)


def count_errors(recognizer: ClipRecognizer, path: Path, words: set[str]) -> ErrorRate:
    """Recognise a clip with a list of hot words and count what is wrong."""
    text = recognize(recognizer, waveform(path), sorted(words))
    return word_errors(text_of(path), text, normalised=True)


def text_of(path: Path) -> str:
    """Read what is said in a clip; "" if nobody speaks."""
    return path.with_suffix(".txt").read_text(encoding="utf-8").strip()


def waveform(path: Path) -> FloatArray:
    """Read a clip, float32 [n_samples] at 16 kHz."""
    with open_audio(path) as audio:
        return np.concatenate(list(audio.blocks()))


def recognize(recognizer: ClipRecognizer, clip: FloatArray, words: list[str]) -> str:
    """Give the text of one clip."""
    events = recognizer.recognize(clip, TranscribeOptions(hot_words=tuple(words)))
    while True:
        try:
            next(events)
        except StopIteration as end:
            return parse_hypothesis(end.value.text, None)[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
