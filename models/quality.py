"""Measure how well the application itself recognises a set of clips with a pack.

The clips run through everything that a person's files run through: speech gate, chunks, model, loop
guard. The word error rate (normalised: lower case, no punctuation) goes into the pack's manifest as
``quality.application``, where people see it and a test holds the application to it, within the
standard error beside it: other processors round otherwise, and a weak model then takes other words.

    python -m models.quality PACK CLIPS_FOLDER
"""

from __future__ import annotations

import math
import sys
from contextlib import closing
from pathlib import Path

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import open_audio
from app.audio.vad import SpeechGate
from app.engine.pack import open_pack
from app.engine.recognizer import Recognizer, load_recognizer
from app.engine.types import TranscribeOptions, TranscriptDone
from models.errors import TooFewClipsError
from models.manifest import APPLICATION, change_quality
from models.report import run_command, step_parser
from models.verify.metrics import ErrorRate, sum_errors, word_errors

MIN_CLIPS = 2  # with one there is no other choice of clips to tell from


def measure(pack: Path, clips: Path) -> dict[str, float]:
    """Give the word error rate of a pack over all .flac files of a folder.

    Args:
        pack: folder of the pack.
        clips: every clip.flac has its words in clip.txt beside it.

    Returns:
        {"wer": edits per reference word, "wer_error": its standard error, as another choice of
        clips of this kind would vary it (jackknife), "n_clips": number of clips}.

    Raises:
        TooFewClipsError: there are not enough clips to say how sure the rate is.
        PackError, EngineError, AudioError: the pack or a clip cannot be used.
    """
    paths = sorted(clips.glob("*.flac"))
    if len(paths) < MIN_CLIPS:
        raise TooFewClipsError(clips, len(paths))
    with closing(load_recognizer(open_pack(pack), n_threads=1, gate=SpeechGate())) as recognizer:
        errors = [
            word_errors(
                path.with_suffix(".txt").read_text("utf-8"),
                _text(recognizer, path),
                normalised=True,
            )
            for path in paths
        ]
    return {
        "wer": round(sum_errors(errors).rate, 4),
        "wer_error": round(standard_error(errors), 4),
        "n_clips": len(paths),
    }


def standard_error(errors: list[ErrorRate]) -> float:
    """Return the jackknife standard error of the rate over clips (at least two).

    Source: B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter 3.
    """
    n = len(errors)
    rates = [sum_errors(errors[:i] + errors[i + 1 :]).rate for i in range(n)]
    mean = sum(rates) / n
    return math.sqrt((n - 1) / n * sum((rate - mean) ** 2 for rate in rates))


def _text(recognizer: Recognizer, path: Path) -> str:
    with open_audio(path, str(path)) as audio:
        limits = ChunkOptions.for_limit(recognizer.manifest.max_chunk_s)
        chunks = split_chunks(audio.blocks(), limits)
        for event in recognizer.transcribe(chunks, TranscribeOptions()):
            if isinstance(event, TranscriptDone):
                return event.transcript.text
    return ""


def main(arguments: list[str]) -> int:
    """Measure, write and print; return 0, or 1 after an error."""
    options = step_parser("quality", "PACK", "CLIPS_FOLDER").parse_args(arguments)
    return run_command(lambda: _measure_and_write(options.source, options.target))


def _measure_and_write(pack: Path, clips: Path) -> None:
    figures = measure(pack, clips)
    change_quality(pack, lambda old: old | {APPLICATION: figures})
    print(f"{pack.name}: word error rate {figures['wer']:.4f} over {figures['n_clips']} clips")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
