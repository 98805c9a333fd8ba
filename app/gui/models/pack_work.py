"""What the models page has done in the background: verify, import, remove, measure. No Qt here.

Each function returns ``Work`` for ``BackgroundTask``.
"""

from __future__ import annotations

from pathlib import Path

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import open_audio
from app.engine.cancel import CancelToken
from app.engine.loading import Loader, LoadOptions, Transcriber
from app.engine.pack import open_pack
from app.engine.pack_import import import_pack
from app.engine.pack_library import FoundPack, PackLibrary
from app.engine.types import TranscribeOptions, TranscriptDone
from app.gui.threads.background import Progress, Work

_AGAIN_BELOW_S = 5.0  # the first run also reads the model from the disk; a slow one is not repeated


def verify_work(pack: Path) -> Work:
    """Compare every file of a pack with its sha256."""

    def work(on_progress: Progress, cancel: CancelToken) -> None:
        open_pack(pack).verify(on_progress, cancel)

    return work


def import_work(source: Path, folder: Path) -> Work:
    """Copy a pack into the user's folder; the result is its path there."""

    def work(on_progress: Progress, cancel: CancelToken) -> Path:
        return import_pack(source, folder, on_progress, cancel)

    return work


def remove_work(library: PackLibrary, pack: FoundPack) -> Work:
    """Delete a pack of the user's."""

    def work(_on_progress: Progress, _cancel: CancelToken) -> None:
        library.remove(pack)

    return work


def measure_work(pack: Path, sample: Path, n_threads: int | None, load: Loader) -> Work:
    """Recognise a sample; the result is seconds of audio per second of work."""

    def work(on_progress: Progress, cancel: CancelToken) -> float:
        options = LoadOptions(pack=str(pack), n_threads=n_threads, use_gate=False)
        on_progress(0, 3)
        transcriber = load(options)
        try:
            on_progress(1, 3)
            speed, work_s = _run(transcriber, sample, cancel)
            if work_s < _AGAIN_BELOW_S:
                on_progress(2, 3)
                speed = max(speed, _run(transcriber, sample, cancel)[0])
        finally:
            transcriber.close()
        return speed

    return work


def _run(transcriber: Transcriber, sample: Path, cancel: CancelToken) -> tuple[float, float]:
    """Return the speed and the seconds of work."""
    limits = ChunkOptions.for_limit(transcriber.manifest.max_chunk_s)
    with open_audio(sample) as audio:
        chunks = split_chunks(audio.blocks(), limits)
        for event in transcriber.transcribe(chunks, TranscribeOptions(use_gate=False), cancel):
            if isinstance(event, TranscriptDone):
                work_s = event.transcript.timings.total_s
                return event.transcript.duration_s / max(work_s, 1e-6), work_s
    raise AssertionError("a transcription ends with TranscriptDone")
