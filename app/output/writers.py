"""One writer per format: what it is called and how it renders a transcript.

In: ``Transcript`` and the name of its source. Out: text, ready to be written as UTF-8 with "\\n".

- txt: the text, nothing else.
- srt, vtt: subtitles; see ``cues``.
- json: one JSON object on one line, so that the results of many files make a JSON-lines stream;
  a source that failed gives an object with its error instead.
"""

from __future__ import annotations

import json
from typing import Any, Protocol

from app.engine.types import Segment, Timings, Transcript
from app.output.cues import make_cues

LINE_SEPARATORS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})


class TranscriptWriter(Protocol):
    """Renders transcripts in one format.

    Attributes:
        name: as on the command line, also the suffix of its files.
    """

    name: str

    def render(self, transcript: Transcript, source: str) -> str:
        """Return the whole text of a file; ``source`` is the name of what was recognised."""
        ...


class TxtWriter:
    """Plain text."""

    name = "txt"

    def render(self, transcript: Transcript, source: str) -> str:
        """Return the text with a final newline, "" if nobody spoke."""
        return f"{transcript.text}\n" if transcript.text else ""


class SrtWriter:
    """SubRip subtitles."""

    name = "srt"

    def render(self, transcript: Transcript, source: str) -> str:
        """Return numbered cues."""
        cues = make_cues(transcript.segments)
        return "".join(
            f"{number}\n{clock(cue.start_s, ',')} --> {clock(cue.end_s, ',')}\n"
            + "\n".join(line.replace("-->", "→") for line in cue.lines)
            + "\n\n"
            for number, cue in enumerate(cues, 1)
        )


class VttWriter:
    """WebVTT subtitles."""

    name = "vtt"

    def render(self, transcript: Transcript, source: str) -> str:
        """Return a WebVTT file; its markup characters are escaped."""
        cues = make_cues(transcript.segments)
        return "WEBVTT\n\n" + "".join(
            f"{clock(cue.start_s, '.')} --> {clock(cue.end_s, '.')}\n"
            + "\n".join(escape_vtt(line) for line in cue.lines)
            + "\n\n"
            for cue in cues
        )


class JsonWriter:
    """One JSON object a source, on one line."""

    name = "json"

    def render(self, transcript: Transcript, source: str) -> str:
        """Return the object of a transcript, with a newline."""
        return json_line(_transcript_facts(transcript, source))

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
    writer.name: writer for writer in (TxtWriter(), SrtWriter(), VttWriter(), JsonWriter())
}


def clock(time_s: float, decimal: str) -> str:
    """Return hours:minutes:seconds and milliseconds as subtitles write them."""
    ms = round(max(0.0, time_s) * 1000)
    return (
        f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{decimal}{ms % 1000:03}"
    )


def escape_vtt(text: str) -> str:
    """Escape what WebVTT would take for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def json_line(facts: dict[str, Any]) -> str:
    """Return JSON on one line, readable in any script; no character in it ends a line early."""
    return json.dumps(facts, ensure_ascii=False, allow_nan=False).translate(LINE_SEPARATORS) + "\n"


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
