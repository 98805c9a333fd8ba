"""The whole chain as a person uses it: files in, command line, committed packs, text out."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from models.verify.metrics import sum_errors, word_errors
from models.verify.weights import checked_weights
from tests.packs import CHECKPOINTS, PACKS, ROOT, float_pack, pack

SAMPLES = sorted((ROOT / "samples").glob("*.wav"))
TESTSET = ROOT / "models" / "starter" / "testset"
TESTSETS = {"starter": TESTSET, "tiny": TESTSET.with_name("testset_tiny")}
NOT_SPOKEN = sorted(TESTSET.glob("none-*.flac"))
KEYS = [
    "file", "language", "text", "duration_s", "segments", "timings", "rtf", "pack", "device",
]  # fmt: skip


def transcribe(
    capsys: pytest.CaptureFixture[str], paths: list[Path], *more: str, name: str = "starter"
) -> list[dict[str, Any]]:
    files = [str(path) for path in paths]
    options = ["--pack", str(PACKS / name), "--threads", "1", "--format", "json", *more]
    assert main(["transcribe", *files, *options]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def word_error_rate(paths: list[Path], results: list[dict[str, Any]]) -> float:
    pairs = zip(paths, results, strict=True)
    texts = [
        (path.with_suffix(".txt").read_text("utf-8"), result["text"]) for path, result in pairs
    ]
    return sum_errors(word_errors(truth, text, normalised=True) for truth, text in texts).rate


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any attempt to reach a network fail the test."""

    def refuse(*_: object, **__: object) -> Iterator[None]:
        raise AssertionError("somebody opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


def test_hot_words_are_heard(capsys: pytest.CaptureFixture[str]) -> None:
    clip = TESTSET / "seen-hibari-03.flac"  # "St. Anthony was tempted in the desert."
    (without,) = transcribe(capsys, [clip])
    (heard,) = transcribe(capsys, [clip], "--hot-words", "Kubernetes, Anthony, squirrel")
    (others,) = transcribe(capsys, [clip], "--hot-words", "Kubernetes, squirrel")
    assert "Anthony" not in without["text"]
    assert "Anthony" in heard["text"]
    assert others["text"] == without["text"]


def test_samples_give_text_in_the_documented_form(capsys: pytest.CaptureFixture[str]) -> None:
    results = transcribe(capsys, SAMPLES)
    assert [result["file"] for result in results] == [str(path) for path in SAMPLES]
    for result in results:
        assert list(result) == KEYS
        assert result["language"] == "English"
        assert result["pack"] == "starter"
        (segment,) = result["segments"]
        assert segment["text"] == result["text"]
        assert segment["avg_logprob"] < 0
        assert result["duration_s"] == pytest.approx(segment["end_s"])
        assert (
            0
            < result["rtf"]
            == pytest.approx(result["timings"]["total_s"] / result["duration_s"], rel=0.01)
        )


@pytest.mark.parametrize("name", ["starter", "tiny"])
def test_pack_is_as_good_as_its_manifest_says(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The measured word error rate stands in the manifest; the application must reach it.

    The same pack took other words on another processor (starter: 0.398 with AVX-512 VNNI, 0.465
    with AVX2): kernels round otherwise, and a model that is unsure follows. What is asked is
    therefore agreement within two standard errors of the set of clips, which stand there too.
    """
    figures = pack(name).manifest.quality["application"]
    clips = sorted(TESTSETS[name].glob("*.flac"))
    assert figures["n_clips"] == len(clips)
    results = transcribe(capsys, clips, name=name)
    assert word_error_rate(clips, results) == pytest.approx(
        figures["wer"], abs=2 * figures["wer_error"]
    )


@pytest.mark.parametrize("more", [[], ["--language", "English", "--context", "Songshu, squirrel"]])
def test_nobody_speaks_gives_no_text(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    results = transcribe(capsys, NOT_SPOKEN, *more)
    assert [result["text"] for result in results] == [""] * len(NOT_SPOKEN)
    assert [result["segments"] for result in results] == [[]] * len(NOT_SPOKEN)


def test_a_long_file_is_cut_and_joined(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = concatenated([SAMPLES[0]] * 9, tmp_path / "long.wav")
    (result,) = transcribe(capsys, [long])
    segments = result["segments"]
    assert len(segments) > 1
    limit_s = pack("starter").manifest.max_chunk_s
    assert all(segment["end_s"] - segment["start_s"] <= limit_s for segment in segments)
    assert [s["start_s"] for s in segments[1:]] == [s["end_s"] for s in segments[:-1]]
    assert result["text"] == " ".join(segment["text"] for segment in segments)


def test_committed_packs_are_intact() -> None:
    for name in ("starter", "tiny"):
        pack(name).verify()


@pytest.mark.parametrize("name", ["starter", "tiny"])
def test_committed_packs_are_those_of_the_committed_checkpoints(name: str) -> None:
    """Not compared bit by bit: what rounds on the way does so as the processor does."""
    made, committed = float_pack(name), pack(name)
    assert checked_weights(CHECKPOINTS / name, PACKS / name)
    assert (made.mel_filters() == committed.mel_filters()).all()
    for part in ("tokens", "languages", "takes_context", "max_chunk_s", "mel"):
        assert getattr(made.manifest, part) == getattr(committed.manifest, part), part


def test_committed_models_stay_small() -> None:
    """The starter pack is what every user downloads; packs and checkpoints are in every clone."""
    checkpoints = (ROOT / "models" / "starter" / "checkpoints").rglob("*")
    n_checkpoints = sum(path.stat().st_size for path in checkpoints if path.is_file())
    n_packs = pack("starter").n_bytes + pack("tiny").n_bytes
    assert pack("starter").n_bytes <= 30_000_000
    assert n_packs + n_checkpoints <= 60_000_000


def concatenated(paths: list[Path], target: Path) -> Path:
    """Write WAV files of one format one after another."""
    import wave

    with wave.open(str(target), "wb") as out:
        for path in paths:
            with wave.open(str(path), "rb") as source:
                if not out.getnframes():
                    out.setparams(source.getparams())
                out.writeframes(source.readframes(source.getnframes()))
    return target
