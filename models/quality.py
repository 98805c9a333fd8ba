"""Measure how well the application itself recognises a set of clips with a pack.

The clips run through everything that a person's files run through: speech gate, chunks, model, loop
guard. The word error rate (normalised: lower case, no punctuation) goes into the pack's manifest as
``quality.application``, where people see it and a test holds the application to it, within the
standard error beside it: other processors round otherwise, and a weak model then takes other words.

    python -m models.quality PACK CLIPS_FOLDER
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import open_audio
from app.audio.vad import SpeechGate
from app.engine.pack import open_pack
from app.engine.recognizer import Recognizer, load_recognizer
from app.engine.types import TranscribeOptions, TranscriptDone
from models.verify.metrics import ErrorRate, sum_errors, word_errors


def measure(pack: Path, clips: Path) -> dict[str, float]:
    """Give the word error rate of a pack over all .flac files of a folder.

    Args:
        pack: folder of the pack.
        clips: every clip.flac has its words in clip.txt beside it.

    Returns:
        {"wer": edits per reference word, "wer_error": its standard error, as another choice of
        clips of this kind would vary it (jackknife), "n_clips": number of clips}.
    """
    recognizer = load_recognizer(open_pack(pack), n_threads=1, gate=SpeechGate())
    paths = sorted(clips.glob("*.flac"))
    errors = [
        word_errors(
            path.with_suffix(".txt").read_text("utf-8"), _text(recognizer, path), normalised=True
        )
        for path in paths
    ]
    recognizer.close()
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


def write(pack: Path, figures: dict[str, float]) -> None:
    """Put the figures into the manifest; written aside, then renamed."""
    path = pack / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["quality"]["application"] = figures
    aside = path.with_suffix(".json.new")
    aside.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)


def _text(recognizer: Recognizer, path: Path) -> str:
    with open_audio(path, str(path)) as audio:
        limits = ChunkOptions.for_limit(recognizer.manifest.max_chunk_s)
        chunks = split_chunks(audio.blocks(), limits)
        for event in recognizer.transcribe(chunks, TranscribeOptions()):
            if isinstance(event, TranscriptDone):
                return event.transcript.text
    return ""


def main(arguments: list[str]) -> int:
    """Measure, write and print."""
    pack, clips = map(Path, arguments)
    figures = measure(pack, clips)
    write(pack, figures)
    print(f"{pack.name}: word error rate {figures['wer']:.4f} over {figures['n_clips']} clips")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
