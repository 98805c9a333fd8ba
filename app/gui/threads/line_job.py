"""One line recognised again: a span of a file, cut into what the model takes, becomes a text."""

from __future__ import annotations

from pathlib import Path

from app.audio.chunks import ChunkOptions, split_chunks
from app.audio.decode import open_audio
from app.engine.cancel import CancelToken
from app.engine.hypothesis import join_texts
from app.engine.loading import Transcriber
from app.engine.types import SegmentDone
from app.gui.threads.control import LineRequest
from app.gui.threads.events import LineRecognized
from app.gui.threads.prompting import finished_segment, transcribe_options
from app.gui.threads.spans import blocks_between, cancellable, shifted, to_samples


def recognize_line(
    request: LineRequest, transcriber: Transcriber, cancel: CancelToken
) -> LineRecognized:
    """Recognise the span of one line.

    Args:
        request: which one.
        transcriber: the model that it asks for.
        cancel: stops it between two steps.

    Raises:
        Cancelled: it was stopped.
        SongshuError: the file cannot be read, or the model cannot follow.
    """
    start, end = to_samples(request.start_s), to_samples(request.end_s)
    limits = ChunkOptions.for_limit(transcriber.manifest.max_chunk_s)
    with open_audio(Path(request.path)) as audio:
        blocks = blocks_between(cancellable(audio.blocks(), cancel), start, end)
        chunks = shifted(split_chunks(blocks, limits), start)
        events = transcriber.transcribe(chunks, transcribe_options(request.options), cancel)
        segments = [
            finished_segment(event.segment, request.options)
            for event in events
            if isinstance(event, SegmentDone)
        ]
    return LineRecognized(
        item_id=request.item_id,
        line_id=request.line_id,
        text=join_texts([(segment.language, segment.text) for segment in segments]),
        language=segments[0].language if segments else "",
    )
