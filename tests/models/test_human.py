"""Human voices for the starter: file layouts of the games, texts, and what is held out."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models.starter import human
from models.starter.human import clean_text, convert, is_held_out, is_plausible, select
from models.starter.human_games import (
    DRASCULA_RECORDS,
    DRASCULA_SPEAKERS,
    GameClip,
    drascula_texts,
    queen_dialogue,
    queen_files,
    queen_sentences,
    queen_string,
    wav,
)


def clip(name: str, text: str, speaker: str = "faye") -> GameClip:
    return GameClip(name, speaker, text, b"")


def test_queen_files_are_cut_out_of_the_archive() -> None:
    entry = struct.pack(">12sBII", b"A1.SB", 0, 36, 3)
    archive = b"QTBLCEM10\0\0\0\0" + struct.pack(">H", 1) + entry + b"mp3!"
    assert queen_files(archive) == {"A1.SB": b"mp3"}


@pytest.mark.parametrize(("align", "following"), [(2, 4), (4, 4)])
def test_queen_string_is_aligned(align: int, following: int) -> None:
    assert queen_string(b"\x02Hi\0..", 0, align) == ("Hi", following)
    assert queen_string(b"\0..", 0, align) == ("", 1)


def test_queen_sentences_drop_commands_and_count_on() -> None:
    line = "One.*01Two.*XY 010 120 55Three.*XX"
    assert queen_sentences(line, "c1a__02") == {
        "C1A__021": "One.",
        "C1A__022": "Two.",
        "C1A__023": "Three.",
    }
    assert queen_sentences("*01Late.", "P") == {"P2": "Late."}


def test_queen_dialogue_names_its_clips() -> None:
    header = struct.pack(">5h", 0, 0, 7, 1, 1) + bytes(12) + struct.pack(">3H", 44, 0, 56)
    joe = struct.pack(">HH", 0, 0) + b"\x03Yes"  # also the greeting, as its number is 0
    person = struct.pack(">HH", 0, 0x1A) + b"\x03No."
    last = b"\x04Bye.\0" + b"\x03So."
    data = bytes(20) + (header.ljust(32, b"\0") + joe).ljust(44, b"\0") + person.ljust(12, b"\0")
    assert list(queen_dialogue(data + last)) == [
        ("07001aP", False, "No."),
        ("070000J", True, "Yes"),
        ("07SSSSJ", True, "Yes"),
        ("07XXXXP", False, "Bye."),
        ("07XXXXJ", True, "So."),
    ]


def test_drascula_texts_take_the_first_language() -> None:
    def block(*texts: bytes) -> bytes:
        packed = b"".join(struct.pack(">H", len(t) + 3) + t + b"\0" for t in texts)
        body = bytes(2) + packed  # lengths count themselves
        return struct.pack(">H", len(body)) + body

    tables = b"".join(struct.pack(">H", 1) + bytes(size) for size in DRASCULA_RECORDS)
    texts = struct.pack(">H", 2) + block(b"HI", b"NO") + block(b"HOLA", b"NO")
    data = b"DRASCULA\6" + tables + struct.pack(">H", 2) + texts * len(DRASCULA_SPEAKERS)
    assert drascula_texts(data) == [["HI", "NO"]] * len(DRASCULA_SPEAKERS)


@pytest.mark.parametrize(
    ("printed", "spoken"),
    [
        ("I'M A VAMPIRE. HI, IGOR", "I'm a vampire. Hi, Igor"),
        ("It's LOCKED...", "It's locked..."),
        ("...services.", "Services."),
        ("NO...WHAT IS IT?", "No... what is it?"),
        ("Is it a FAKE ?", "Is it a fake?"),
        ("This  is D.N.A. and LINC's ID!", "This is D.N.A. and LINC's ID!"),
        ("GET OUT! NOW!", "Get out! Now!"),
    ],
)
def test_clean_text_writes_sentences(printed: str, spoken: str) -> None:
    assert clean_text(printed) == spoken


@pytest.mark.parametrize(
    "line", ["Ha ha ha!", "<gulp>", "(sigh)", "GSRH ", "C", "Grrrrr!", "Woof! Woof!", "...", "?"]
)
def test_clean_text_drops_what_is_no_speech(line: str) -> None:
    assert clean_text(line) is None


def test_held_out_lines_are_few_and_on_one_side() -> None:
    lines = [f"Line number {i}." for i in range(4000)]
    assert 0.02 < sum(is_held_out("faye", line) for line in lines) / len(lines) < 0.04
    assert all(is_held_out("naomi", line) for line in lines)
    assert [is_held_out("a", x) for x in lines] == [is_held_out("b", x.upper()) for x in lines]


def test_select_leaves_out_animals_and_most_of_the_hero() -> None:
    clips = [clip(f"j{i}", f"Take number {i}.", "joe") for i in range(1000)]
    splits = select([*clips, clip("d", "Hello there.", "dog"), clip("f", "Hello there.")])
    kept = [c.speaker for found in splits.values() for c, _ in found]
    assert (kept.count("joe"), kept.count("dog"), kept.count("faye")) == (900, 0, 1)


@pytest.mark.parametrize(
    ("seconds", "peak", "expected"),
    [(1.0, 0.5, True), (0.2, 0.5, False), (1.0, 0.01, False), (0.3, 0.5, False), (8, 0.5, False)],
)
def test_is_plausible_checks_length_loudness_and_rate(
    seconds: float, peak: float, expected: bool
) -> None:
    samples = np.full(int(seconds * 16_000), int(peak * 32767), np.int16)
    assert is_plausible(samples, "Sure thing son!") == expected


def test_wav_is_what_the_decoder_reads() -> None:
    with wave.open(io.BytesIO(wav(bytes(100)))) as reader:
        assert (reader.getframerate(), reader.getnframes(), reader.getsampwidth()) == (
            11025,
            100,
            1,
        )
    tone = np.sin(np.arange(11025) / 5) * 60 + 140  # off centre
    samples = human.decode(GameClip("a", "b", "c", wav(tone.astype(np.uint8).tobytes())))
    assert samples.dtype == np.int16
    assert len(samples) == pytest.approx(16_000, abs=2)
    assert abs(samples.mean()) < 1


def test_convert_writes_shards_of_synthesize(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(folder: Path) -> Iterator[GameClip]:
        audio = wav(bytes([100, 156]) * 5512)
        yield GameClip("one", "faye", "It's LOCKED here.", audio)
        yield GameClip("two", "faye", "Far too long for a single second of speech.", audio)

    monkeypatch.setenv("SONGSHU_TRAIN", str(tmp_path))
    monkeypatch.setitem(human.READERS, "human_fotaq", read)
    convert("human_fotaq", tmp_path)
    stem = tmp_path / "speech" / "train" / "human_fotaq-000"
    samples = np.load(stem.with_suffix(".npy"))
    assert samples.dtype == np.int16
    assert stem.with_suffix(".jsonl").read_text() == (
        f'{{"start": 0, "n_samples": {len(samples)}, "text": "It\'s locked here.", '
        '"voice": "fotaq-faye"}\n'
    )


@pytest.mark.parametrize("game", human.READERS)
def test_convert_says_what_to_install(
    game: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGSHU_TRAIN", str(tmp_path))
    with pytest.raises(human.MissingGameError, match="apt-get install"):
        convert(game, tmp_path)
