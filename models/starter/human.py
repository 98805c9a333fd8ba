"""Bring human voices into the training speech: games of Debian in, shards of 16 kHz speech out.

Two adventure games in Debian main have every line spoken by actors and printed as text: 60 and
more voices, close microphones, lively speech. That is what the synthetic voices lack. The shards
have the format of `synthesize`, `speech/<split>/human_<game>-<number>.npy` and `.jsonl`, with one
key more in the rows: "voice", the speaker within the game. Nothing is installed here; once:

    sudo apt-get install flight-of-the-amazon-queen drascula

What the games are and may be used for (/usr/share/doc/<package>/copyright):

- human_fotaq: Flight of the Amazon Queen, © 1995 John Passfield and Steven Stamatiadis; BSD-like:
  distribution and modification with the notices kept and marked; not to be sold on its own.
- human_drascula: Drascula, © 1996-2008 Alcachofa Soft S.L.; the same licence.

Other packages with recorded English (asterisk-core-sounds-en-*, hedgewars-data, warzone2100-data)
come without transcripts and are left out. So is Beneath a Steel Sky (2.2 h), whose texts can only
be read with a table out of ScummVM's GPL sources; `pseudo` has Whisper write them.

Kept are lines of plain words at a possible speaking rate, as sentences: what is in capitals becomes
lower case. The hero of fotaq, with 43 % of its lines, is thinned out. Held out are two speakers of
fotaq and 3 % of the other lines by a hash of their text, so that none of these is on both sides.
An actor may speak several roles: a held-out speaker is a new character, not surely a new person.

The decoder of the product reads the audio, so this runs in its environment, not in the one for
synthesis: .venv/bin/python -m models.starter.human
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.audio.decode import open_audio
from app.audio.resample import SAMPLE_RATE

from ..errors import ModelError
from . import paths
from .human_games import GameClip, read_drascula, read_queen

GAMES = Path("/usr/share/scummvm")
READERS: dict[str, Callable[[Path], Iterator[GameClip]]] = {
    "human_fotaq": read_queen,
    "human_drascula": read_drascula,
}
SHARD_CLIPS = 300
MIN_S, MAX_S = 0.25, 25.0  # of a clip; the upper limit is that of `synthesize`
MIN_PEAK = 0.02  # of full scale; below it a clip is silent
CHARACTERS_PER_S = (2.5, 26.0)  # slower: noise or a long pause; faster: the clip is cut short

HELD_OUT_PERCENT = 3
HELD_OUT_SPEAKERS = ("naomi", "ian")  # a woman and a man of fotaq
ANIMALS = ("ape", "dog", "guard_dog", "vicious_dinosaur", "gorilla")
HERO, HERO_CLIPS = "joe", 900

PROPER_WORDS = """
    Alucard America Anita Braun British Burke Christmas Cole Constantino Danielle Danube Desiderio
    Drascula Eduardo Elvis Emilio Emma English Evaristo Fernando Foster French Gallagher Gilbert
    Gibraltar Hobart Hobbins Igor Japanese Jesus Joe Joey Johnny Juliet Kansas Ken Kong Lamb Lear
    Oxford Overmann Piermont Plato Potts Reich Schriebmann Superman Tchaikovsky Transilvania
    Transilvanian Vincent Yoda Mr Mrs CD DNA HQ ID IQ LINC OK TV UFO
"""  # how words are written that games print in capitals and that keep one
PROPER = {word.lower(): word for word in PROPER_WORDS.split()}
NOISES = (
    "ha he ho har hee heh oot eep oop grr+ ugh argh a+h+ o+h+ mmm* hm+ u+m+ mmf mph mgh oof sigh "
    "gulp glub ack ungh+ ooh uck eeps? whoo+p w?a+r+k sq[uw]?a[wur]+k w?hoof "
    "woof ruff a?roof ree+k bleep"
).replace(" ", "|")
NO_SPEECH = re.compile(
    r"[^A-Za-z0-9 .,;:!?'É-]"  # stage directions, comments, damaged text
    r"|([a-z])\1\1"  # drawn-out noise
    r"|\b(un|chun|shun|warun)ga\b"  # what Joe tells gorillas
    rf"|^\W*({NOISES})(\W+({NOISES}))*\W*$"
    r"|^\W*[bcdfghj-np-tv-xz]{1,7}\W*$|^\W*\w?\W*$|^\W*$",  # ciphers, single letters, nothing
    re.IGNORECASE,
)


class MissingGameError(ModelError, FileNotFoundError):
    """The data files of a game are not there.

    Attributes:
        folder: where they were looked for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} lacks game data. Install it with: sudo apt-get install "
            "flight-of-the-amazon-queen drascula"
        )


def sentence_case(text: str) -> str:
    """Write words in capitals small, and the first letter of every sentence large.

    Games use capitals for stress ("it's LOCKED") or for everything ("IT'S LOCKED").
    """
    shouted = text.isupper()

    def small(match: re.Match[str]) -> str:
        word = match[0]
        if not word.isupper() or "." in word or (len(word) == 1 and not shouted):
            return word
        stem, quote, ending = word.lower().partition("'")
        return ("I" if stem == "i" else PROPER.get(stem, stem)) + quote + ending

    text = re.sub(r"(?:[A-Z]\.)+[A-Z]\b|[^\W\d_](?:'?[^\W\d_])*", small, text)
    return re.sub(
        r"(^\W*|(?<!\.)(?<!\b[A-Z])[.!?]'? +)([a-z])",
        lambda match: match[1] + match[2].upper(),
        text,
    )


def clean_text(text: str) -> str | None:
    """Return a line as it is spoken, in sentence case; None for what is no plain speech."""
    text = re.sub(r"\^_|@@|\"", "", text).replace("`", "'").replace("_", " ")
    text = re.sub(r"(\.\.+|[,!?])(?=[A-Za-z])", r"\1 ", text)  # NO...WHAT
    text = re.sub(r"([!?])[.,]+", r"\1", text)  # THIS!, PLEASE
    text = re.sub(r"\s+([.,!?])", r"\1", text)  # a fake ?
    text = " ".join(text.split()).lstrip("., ")
    return None if NO_SPEECH.search(text) else sentence_case(text)


def is_held_out(speaker: str, text: str) -> bool:
    """Tell whether a line belongs to the held-out split."""
    words = re.sub(r"\W+", " ", text.lower()).strip()
    return speaker in HELD_OUT_SPEAKERS or zlib.crc32(words.encode()) % 100 < HELD_OUT_PERCENT


def select(clips: Iterable[GameClip]) -> dict[str, list[tuple[GameClip, str]]]:
    """Return the (clip, cleaned text) to keep, by split.

    The order is by a hash of the names, so that every shard has all speakers.
    """
    splits: dict[str, list[tuple[GameClip, str]]] = {"train": [], "heldout": []}
    n_hero = 0
    for clip in sorted(clips, key=lambda clip: zlib.crc32(clip.name.encode())):
        text = clean_text(clip.text)
        if text is None or clip.speaker in ANIMALS:
            continue
        n_hero += clip.speaker == HERO
        if clip.speaker != HERO or n_hero <= HERO_CLIPS:
            split = "heldout" if is_held_out(clip.speaker, text) else "train"
            splits[split].append((clip, text))
    return splits


def decode(clip: GameClip) -> npt.NDArray[np.int16]:
    """Return the samples of a clip, int16 [n_samples] at 16 kHz, without a constant part."""
    with open_audio(io.BytesIO(clip.audio), clip.name) as source:
        samples = np.concatenate([np.zeros(0, np.float32), *source.blocks()])
    if len(samples):
        samples = samples - samples.mean()
    pcm: npt.NDArray[np.int16] = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return pcm


def is_plausible(samples: npt.NDArray[np.int16], text: str) -> bool:
    """Tell whether a recording can hold the text: its length, loudness and speaking rate."""
    seconds = len(samples) / SAMPLE_RATE
    if not MIN_S < seconds < MAX_S or np.abs(samples.astype(np.int32)).max() < MIN_PEAK * 32767:
        return False
    return CHARACTERS_PER_S[0] <= len(text) / seconds <= CHARACTERS_PER_S[1]


def write_shard(stem: Path, game: str, clips: list[tuple[GameClip, str]]) -> None:
    """Write the clips whose recording fits the text, `<stem>.npy` last."""
    waves: list[npt.NDArray[np.int16]] = [np.zeros(0, np.int16)]
    rows: list[dict[str, object]] = []
    position = 0
    for clip, text in clips:
        samples = decode(clip)
        if not is_plausible(samples, text):
            continue
        row = {"start": position, "n_samples": len(samples), "text": text}
        rows.append(row | {"voice": f"{game.removeprefix('human_')}-{clip.speaker}"})
        waves.append(samples)
        position += len(samples)
    temporary = stem.with_suffix(".part.npy")
    np.save(temporary, np.concatenate(waves))
    stem.with_suffix(".jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    temporary.rename(stem.with_suffix(".npy"))


def convert(game: str, folder: Path) -> None:
    """Write the shards of a game that do not exist yet, and print what there is."""
    try:
        splits = select(READERS[game](folder))
    except FileNotFoundError as exc:
        raise MissingGameError(folder) from exc
    for split, clips in splits.items():
        speakers: Counter[str] = Counter()
        n_samples = 0
        for index, first in enumerate(range(0, len(clips), SHARD_CLIPS)):
            stem = paths.sub("speech", split) / f"{game}-{index:03d}"
            if not stem.with_suffix(".npy").exists():
                write_shard(stem, game, clips[first : first + SHARD_CLIPS])
            for row in map(json.loads, stem.with_suffix(".jsonl").read_text().splitlines()):
                speakers[row["voice"]] += 1
                n_samples += row["n_samples"]
        print(
            f"{game} {split}: {speakers.total()} of {len(clips)} clips, {len(speakers)} speakers, "
            f"{n_samples / SAMPLE_RATE / 60:.1f} min",
            flush=True,
        )


def main() -> None:
    """Convert every game."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--games", type=Path, default=GAMES, help="where the packages put them")
    args = parser.parse_args()
    for game in READERS:
        try:
            convert(game, args.games)
        except MissingGameError as exc:
            sys.exit(str(exc))


if __name__ == "__main__":
    main()
