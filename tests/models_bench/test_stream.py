"""Measuring live recognition: the clock, the figures, the forced text, the report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.engine.draft_decoder import Work
from app.engine.manifest import SpecialTokens
from app.engine.streaming import PartialText, StreamEvent, UtteranceDone
from app.engine.types import FloatArray, Segment
from app.errors import PackError
from models.bench import stream as stream_bench
from models.bench.stream_figures import Speech, summarize_runs
from models.bench.stream_forced import N_REVISED, AnySound, ForcedJudge, OneUtterance
from models.bench.stream_options import SAMPLES, VARIANTS, parse_stream_options
from models.bench.stream_run import StreamRun, n_revised, speak
from tests.packs import PACKS

SECOND = 16_000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def done(text: str, start_s: float, end_s: float) -> UtteranceDone:
    segment = Segment(start_s=start_s, end_s=end_s, text=text, language="English", avg_logprob=-0.1)
    return UtteranceDone(segment=segment)


class SlowStream:
    """Shows a text after every second of sound, which takes it 0.35 s; at the end, the rest."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.blocks: list[FloatArray] = []
        self.n_shown = 0

    @property
    def n_fed(self) -> int:
        return sum(map(len, self.blocks))

    def feed(self, waveform: FloatArray) -> None:
        self.blocks.append(waveform)

    def step(self) -> Iterator[StreamEvent]:
        if self.n_fed - self.n_shown >= SECOND:
            self.n_shown = self.n_fed
            self.clock.now += 0.35
            end_s = self.n_fed / SECOND
            yield PartialText(start_s=0.0, end_s=end_s, open=f"heard {end_s:.2f}")

    def finish(self) -> Iterator[StreamEvent]:
        self.clock.now += 0.5
        yield done("heard it all", 0.0, self.n_fed / SECOND)


def spoken(seconds: float = 2.9) -> tuple[StreamRun, SlowStream]:
    clock = Clock()
    stream = SlowStream(clock)
    waveform = np.arange(round(seconds * SECOND), dtype=np.float32)
    run = speak(stream, waveform, clock)  # type: ignore[arg-type]
    np.testing.assert_array_equal(np.concatenate(stream.blocks), waveform)
    return run, stream


def test_speak_sound_goes_on_while_computing() -> None:
    run, _ = spoken()
    assert [round(one.at_s, 2) for one in run.shown] == [1.35, 2.4, 3.4]
    assert [one.text for one in run.shown] == ["heard 1.00", "heard 2.05", "heard it all"]
    assert run.compute_s == pytest.approx(1.2)
    assert run.step_s == pytest.approx((0.35, 0.35, 0.5))


def test_speak_a_machine_that_keeps_up() -> None:
    clock = Clock()
    stream = SlowStream(clock)
    run = speak(stream, np.zeros(46_400, np.float32), clock, keeps_up=True)  # type: ignore[arg-type]
    assert [round(one.at_s, 2) for one in run.shown] == [1.35, 2.35, 3.4]
    assert run.compute_s == pytest.approx(1.2)


def test_speak_feeds_blocks_of_a_tenth() -> None:
    _, stream = spoken()
    assert max(map(len, stream.blocks)) == 1600


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a", "a b", "a b c"], 0),
        (["a x", "a b"], 1),
        (["a b", "x a b"], 0),  # moved, not changed
        (["a b c", ""], 3),
        (["今天天气", "今天下雨"], 2),
        (["A, b", "a b."], 0),  # marks and capitals are not words
        ([], 0),
    ],
)
def test_n_revised(texts: list[str], expected: int) -> None:
    assert n_revised(texts) == expected


def test_summarize_one_utterance() -> None:
    run, _ = spoken()
    figures = summarize_runs(
        "all on",
        [run],
        [[Speech(first_s=0.25, last_s=2.8)]],
        cpu_s=2.0,
        n_differ=0,
        work=Work(n_kept=7),
    )
    assert figures.first_s == pytest.approx((1.1, 1.1))
    assert figures.final_s == pytest.approx((0.6, 0.6))
    assert figures.compute_per_s == pytest.approx(1.2 / 2.9)
    assert figures.cpu_per_s == pytest.approx(2.0 / 2.9)
    assert figures.step_s == pytest.approx((0.35, 0.5))
    assert figures.n_partials == 2
    assert figures.revision_rate == pytest.approx(4 / 3)  # 1 00, then 2 05, of three words


def test_utterances_without_text_do_not_count() -> None:
    run, _ = spoken()
    nothing = StreamRun(shown=(), audio_s=1.0, compute_s=0.0, step_s=())
    assert list(nothing.utterances()) == []
    assert [len(shown) for _, shown in run.utterances()] == [3]


def said(judge: ForcedJudge, n_tokens: int) -> list[int]:
    judge.begin(n_tokens)
    logits = np.zeros(50, np.float32)
    return [judge.choose(logits, None).id for _ in range(n_tokens + 1)]


NAMES = ("im_start", "im_end", "endoftext", "audio_start", "audio_end", "audio_pad", "asr_text")


def tokens(n_text: int, first: str = "im_start") -> SpecialTokens:
    """Give special tokens that follow n_text ordinary ones; ``eos`` is the second."""
    names = sorted(NAMES, key=lambda name: name != first)
    ids = {name: n_text + index for index, name in enumerate(names)}
    return SpecialTokens(**ids, eos=(n_text + 1,))


def test_forced_judge_says_as_much_as_asked_and_revises_the_end() -> None:
    judge = ForcedJudge(tokens(10_000))
    first, second = said(judge, 10), said(judge, 12)
    assert (first[-1], second[-1]) == (10_001, 10_001)
    n_steady = 10 - N_REVISED
    assert first[:n_steady] == second[:n_steady]
    assert first[n_steady] != second[n_steady]
    assert judge.is_clear(np.zeros(50, np.float32), None)
    assert said(judge, 1)[-1] == 10_001


@pytest.mark.parametrize("n_text", [256, 512, 9600, 151_643])
@pytest.mark.parametrize("first", NAMES)
def test_forced_judge_says_tokens_of_any_vocabulary(n_text: int, first: str) -> None:
    """llama.cpp ends the process when it is asked for the text of a token that is none."""
    *ids, end = said(ForcedJudge(tokens(n_text, first)), 360)
    assert end == n_text + 1
    assert len(ids) == 360
    assert 0 <= min(ids) <= max(ids) < n_text


def test_one_utterance_is_heard_frame_by_frame() -> None:
    tracker = OneUtterance(1.0)
    found = np.concatenate([tracker.push(np.zeros(700, np.float32)) for _ in range(40)])
    assert len(found) == 40 * 700 // 512
    assert int(found.sum()) == 32  # frames that begin before 1 s


def test_any_sound_is_speech_but_silence() -> None:
    assert AnySound().has_speech(np.full(9, 1e-6, np.float32))
    assert not AnySound().has_speech(np.zeros(9, np.float32))


def test_parse_stream_options() -> None:
    options = parse_stream_options(["--stream", "pack"])
    assert options.audio == tuple(sorted(SAMPLES.glob("*.wav")))
    assert options.variants == tuple(VARIANTS)
    assert (options.tokens_per_s, options.n_rounds, options.cpu_clock) == (None, 3, False)
    for wrong in (["--forced", "0"], ["--seconds", "31"], ["--variant", "none"]):
        with pytest.raises(SystemExit):
            parse_stream_options(["--stream", "pack", *wrong])


def test_bench_stream_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.md"
    arguments = ["--stream", str(PACKS / "starter"), "--forced", "3", "--seconds", "2"]
    arguments += [
        "--rounds",
        "1",
        "--threads",
        "1",
        "--variant",
        "all on",
        "--cpu-clock",
        "--keeps-up",
    ]
    assert stream_bench.main([*arguments, "--output", str(report)]) == 0
    text = report.read_text(encoding="utf-8")
    assert capsys.readouterr().out.strip() == text.strip()
    assert "forced: 3 a second" in text
    assert "≤ 0.35" in text
    (figures,) = json.loads(report.with_suffix(".json").read_text())["figures"]
    assert figures["n_utterances"] == 1
    assert figures["n_partials"] == 3  # after 0.6 and 1.6 s, and when it seems to be over
    assert figures["work"]["n_accepted"] > 0
    assert figures["n_differ"] is None


def test_bench_stream_of_speech(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--stream", str(PACKS / "starter"), "--rounds", "1", "--threads", "1"]
    arguments += ["--audio", str(SAMPLES / "meeting.wav"), "--variant", "drafts off"]
    assert stream_bench.main(arguments) == 0
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "drafts off |" in line)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1].startswith("2 (")
    assert cells[-1] == "0"


def test_bench_stream_without_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stream_bench.main(["--stream", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    with pytest.raises(PackError):
        stream_bench.bench_stream(parse_stream_options(["--stream", str(tmp_path)]))
