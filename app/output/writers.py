"""What the command line writes: a transcript in any format, and why a source failed.

In: ``Transcript`` and the name of its source. Out: the content of a file. All formats are those of
``export`` but JSON, which here also holds what only the engine knows: one object a source on one
line, so that the results of many files make a JSON-lines stream; a source that failed gives an
object with its error instead.
"""

from __future__ import annotations

from typing import Any, Protocol

from app.engine.types import Segment, Timings, Transcript
from app.output.document import Document
from app.output.export import FORMATS, json_line, render, render_text
from app.output.options import ExportOptions

PLAIN = ExportOptions()  # the text, nothing else
TIMED = ExportOptions(times=True, csv_bom=False)  # what is piped on trips over a byte order mark


class TranscriptWriter(Protocol):
    """Renders transcripts in one format.

    Attributes:
        name: as on the command line, also the suffix of its files.
    """

    name: str

    def render(self, transcript: Transcript, source: str) -> str:
        """Return the whole text of a file; ``source`` is the name of what was recognised."""
        ...

    def encode(self, transcript: Transcript, source: str) -> bytes:
        """Return the whole content of a file; formats that are no text only have this."""
        ...


class DocumentWriter:
    """Any format of ``export``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._options = PLAIN if name == "txt" else TIMED

    def render(self, transcript: Transcript, source: str) -> str:
        """Return the text of a file."""
        document = Document.from_transcript(transcript, source)
        return render_text(document, self.name, self._options)

    def encode(self, transcript: Transcript, source: str) -> bytes:
        """Return the content of a file."""
        return render(Document.from_transcript(transcript, source), self.name, self._options)


class JsonWriter:
    """One JSON object a source, on one line."""

    name = "json"

    def render(self, transcript: Transcript, source: str) -> str:
        """Return the object of a transcript, with a newline."""
        return json_line(_transcript_facts(transcript, source))

    def encode(self, transcript: Transcript, source: str) -> bytes:
        """Return the object of a transcript as UTF-8."""
        return self.render(transcript, source).encode("utf-8", "replace")

    def render_error(self, error: Exception, source: str, done: Transcript | None = None) -> str:
        """Return the object of a source that failed, with a newline.

        Args:
            error: why.
            source: its name.
            done: what was finished before; its keys then stand beside "error".
        """
        facts: dict[str, Any] = _transcript_facts(done, source) if done else {"file": source}
        facts["error"] = {"type": type(error).__name__, "message": str(error)}
        return json_line(facts)


WRITERS: dict[str, TranscriptWriter] = {
    name: JsonWriter() if name == "json" else DocumentWriter(name) for name in FORMATS
}


def _transcript_facts(transcript: Transcript, source: str) -> dict[str, Any]:
    return {
        "file": source,
        "language": transcript.language,
        "text": transcript.text,
        "duration_s": round(transcript.duration_s, 3),
        "segments": [_segment_facts(segment) for segment in transcript.segments],
        "timings": _timing_facts(transcript.timings),
        "rtf": round(transcript.rtf, 5),
        "pack": transcript.pack,
        "device": transcript.device,
    }


def _segment_facts(segment: Segment) -> dict[str, Any]:
    return {
        "start_s": round(segment.start_s, 3),
        "end_s": round(segment.end_s, 3),
        "text": segment.text,
        "avg_logprob": round(segment.avg_logprob, 4),
    }


def _timing_facts(timings: Timings) -> dict[str, float]:
    return {
        "load_s": round(timings.load_s, 4),
        "mel_s": round(timings.mel_s, 4),
        "encode_s": round(timings.encode_s, 4),
        "prefill_s": round(timings.prefill_s, 4),
        "decode_s": round(timings.decode_s, 4),
        "total_s": round(timings.total_s, 4),
    }
