"""Writers: exact formats, and nothing in a text can break them."""

from __future__ import annotations

import json

import pytest

from app.errors import EmptyAudioError
from app.output.escape import clock
from app.output.writers import WRITERS, JsonWriter
from tests.output.samples import CHINESE, segment, transcript

TWO = transcript(segment("Hello there.", 0, 2.5), segment("Good bye.", 3661.25, 3663))


def test_txt_is_the_text() -> None:
    assert WRITERS["txt"].render(TWO, "a.wav") == "Hello there. Good bye.\n"


def test_txt_of_silence_is_empty() -> None:
    assert WRITERS["txt"].render(transcript(), "a.wav") == ""


def test_srt_is_exact() -> None:
    assert WRITERS["srt"].render(TWO, "a.wav") == (
        "1\n00:00:00,000 --> 00:00:02,500\nHello there.\n\n"
        "2\n01:01:01,250 --> 01:01:03,000\nGood bye.\n\n"
    )


def test_vtt_is_exact() -> None:
    assert WRITERS["vtt"].render(TWO, "a.wav") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nHello there.\n\n"
        "01:01:01.250 --> 01:01:03.000\nGood bye.\n\n"
    )


def test_subtitles_of_silence_have_no_cues() -> None:
    assert WRITERS["srt"].render(transcript(), "a.wav") == ""
    assert WRITERS["vtt"].render(transcript(), "a.wav") == "WEBVTT\n\n"


def test_subtitles_cannot_be_broken_by_text() -> None:
    hostile = transcript(segment("1 --> 2 <b>&\n\n3", 0, 2))
    srt, vtt = WRITERS["srt"].render(hostile, ""), WRITERS["vtt"].render(hostile, "")
    assert srt.count("-->") == vtt.count("-->") == 1
    assert srt.count("\n\n") == 1
    assert "&lt;b&gt;&amp;" in vtt


def test_json_has_exactly_the_documented_keys() -> None:
    line = WRITERS["json"].render(TWO, "a.wav")
    facts = json.loads(line)
    assert list(facts) == [
        "file", "language", "text", "duration_s", "segments", "timings", "rtf", "pack", "device",
    ]  # fmt: skip
    assert facts["segments"][1] == {
        "start_s": 3661.25, "end_s": 3663, "text": "Good bye.", "avg_logprob": -0.25,
    }  # fmt: skip
    assert facts["timings"] == {
        "load_s": 0.1, "mel_s": 0.2, "encode_s": 0.3,
        "prefill_s": 0.4, "decode_s": 0.5, "total_s": 2,
    }  # fmt: skip
    assert facts["rtf"] == pytest.approx(2 / 3663, abs=1e-5)
    assert (facts["file"], facts["pack"], facts["device"]) == ("a.wav", "tiny", "CPU, 1 thread")


def test_json_is_one_readable_line() -> None:
    line = WRITERS["json"].render(transcript(segment(CHINESE + "\u2028\x85\n!")), "会议.wav")
    assert line.splitlines(keepends=True) == [line]
    assert "会议.wav" in line
    assert json.loads(line)["text"] == CHINESE + "\u2028\x85\n!"


def test_json_error_has_exactly_the_documented_keys() -> None:
    facts = json.loads(JsonWriter().render_error(EmptyAudioError("a.wav"), "a.wav"))
    assert facts["file"] == "a.wav"
    assert facts["error"] == {"type": "EmptyAudioError", "message": str(EmptyAudioError("a.wav"))}


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "00:00:00,000"), (59.9996, "00:01:00,000"), (3599.9994, "00:59:59,999"),
     (360_000, "100:00:00,000"), (-1, "00:00:00,000")],
)  # fmt: skip
def test_clock(time_s: float, text: str) -> None:
    assert clock(time_s, ",") == text
