"""Read the voice clips, and two games' transcripts, out of adventure games that Debian ships.

In: the bytes of a game's data files. Out: `GameClip`s, the audio still coded (MP3, or 8-bit PCM in
a WAV header), the text as the game prints it. Which clips are fit for training is decided in
`human`; here only file layouts matter, so that everything but `read_*` takes bytes and is tested
with bytes.

- Flight of the Amazon Queen: one archive with a table of names. A clip's name says which line it
  speaks: talk key, line id and side (P person, J Joe) of a dialogue, cutaway name and line number,
  or number of one of Joe's descriptions, then the number of the sentence in that line.
- Drascula: one PCM file per line; drascula.dat holds the lines by speaker.
- Beneath a Steel Sky: an archive with a table of numbers; the speech has numbers from 50,000 on and
  is packed (`rnc`). Its texts are not read: they need a table out of ScummVM's program.

Source of the layouts: scummvm/scummvm, engines/queen (resource.cpp, talk.cpp, cutaway.cpp,
logic.cpp), engines/drascula (drascula.cpp, sound.cpp) and engines/sky (disk.cpp, sound.cpp).
"""

from __future__ import annotations

import dataclasses
import io
import re
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

from . import rnc

PCM_RATE = 11_025  # Hz, of 8-bit clips

QUEEN_ALIASES = {  # what cutaways call a person -> what dialogues call the same one
    "azura obj": "prin",
    "joe king": "joe",
    "princess azura": "prin",
    "secretary": "sec",
    "trader bob": "bob",
    "witch doctor": "witch",
    "zombie woman": "zombie",
}

# Bytes per record of the tables that come before the texts in drascula.dat; each table starts with
# its number of records.
DRASCULA_RECORDS = (4, 4, 4, 2, 4, 2, 4, 2, 2, 20, 20, 10, 8)
DRASCULA_SPEAKERS = {  # prefix of the file name -> who speaks; also the order of the text tables
    "": "johnhacker",
    "D": "drascula_and_blindman",
    "B": "drunk",
    "BJ": "billiejean",
    "E": "evaristo",
    "I": "igor",
    "L": "werewolf",
    "P": "pianist",
    "T": "bartender",
    "VB": "vonbraun",
}
DRASCULA_BAD = ("3", "207")  # a clip with another recording around it, a clip that is cut


@dataclasses.dataclass(frozen=True, slots=True)
class GameClip:
    """One voice clip: `audio` is an MP3 or WAV file, `text` what the game shows meanwhile."""

    name: str
    speaker: str
    text: str
    audio: bytes


def wav(pcm: bytes) -> bytes:
    """Put a WAV header before unsigned 8-bit mono samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(PCM_RATE)
        writer.writeframes(pcm)
    return file.getvalue()


# ---------------------------------------------------------------- Flight of the Amazon Queen


def queen_files(archive: bytes) -> dict[str, bytes]:
    """Return the files of queen.1c by name."""
    (n_files,) = struct.unpack_from(">H", archive, 13)
    files = {}
    for i in range(n_files):
        name, _, offset, size = struct.unpack_from(">12sBII", archive, 15 + 21 * i)
        files[name.rstrip(b"\0 ").decode("latin-1")] = archive[offset : offset + size]
    return files


def queen_string(data: bytes, at: int, align: int = 2) -> tuple[str, int]:
    """Read a string with a length byte; return it and where the next one starts."""
    n, at = data[at], at + 1
    if not n:
        return "", at
    return data[at : at + n].decode("cp437"), (at + n + align - 1) & -align


def queen_sentences(line: str, prefix: str) -> dict[str, str]:
    """Split a line at its animation commands; return the sentences by the clip that speaks them."""
    parts = re.split(r"\*(?:XY.{0,9})?.{0,2}", line, flags=re.DOTALL)
    return {f"{prefix}{i:x}".upper(): part for i, part in enumerate(parts, 1) if part.strip()}


def queen_dialogue(data: bytes) -> Iterator[tuple[str, bool, str]]:
    """Yield (clip prefix, whether Joe speaks, line) of a .DOG file."""
    data = data[20:]
    levels, _, key, n_joe, n_person = struct.unpack_from(">5h", data)
    person_at, _, last_at = struct.unpack_from(">3H", data, 22)
    joe_at = 32 + abs(levels) * 96
    for at, count, side in ((person_at, n_person, "P"), (joe_at, n_joe, "J")):
        for _ in range(count):
            (number,) = struct.unpack_from(">H", data, at + 2)
            line, at = queen_string(data, at + 4, 4)
            yield f"{key:02d}{number:04x}{side}", side == "J", line
    (has_no_greeting,) = struct.unpack_from(">H", data, joe_at + 2)
    if not has_no_greeting:
        yield f"{key:02d}SSSSJ", True, queen_string(data, joe_at + 4)[0]
    line, at = queen_string(data, last_at)
    yield f"{key:02d}XXXXP", False, line
    yield f"{key:02d}XXXXJ", True, queen_string(data, at)[0]


def queen_cutaway(data: bytes, images: list[int]) -> Iterator[tuple[int, str]]:
    """Yield (number of the object that speaks, line) of a .CUT file.

    Args:
        data: the file.
        images: the image number of every object; persons have -3 or -4.
    """
    data = data[20:]
    (n_objects,) = struct.unpack_from(">h", data, 2)
    (lines_at,) = struct.unpack_from(">H", data, 8)
    speakers, at = [], 12
    for _ in range(abs(n_objects)):
        fields = struct.unpack_from(">17h", data, at)
        number, animations, execute, from_object = fields[0], fields[4], fields[5], fields[12]
        at += 34
        at += 2 + 2 * struct.unpack_from(">h", data, at)[0]
        is_person = number == 0 or (number > 0 and images[number] in (-3, -4))
        talks = (is_person and not animations) or number in (-2, -3, -4)
        if execute and not talks and from_object <= 0:  # frames of 20 bytes, the last one only -2
            while struct.unpack_from(">h", data, at)[0] != -2:
                at += 20
            at += 2
        speakers.append(number)
    _, at = queen_string(data, lines_at)
    for number in speakers:
        line, at = queen_string(data, at)
        yield number, line


def queen_lines(files: dict[str, bytes]) -> dict[str, tuple[str, str]]:
    """Return (speaker, sentence) by name of the clip, without its ".SB"."""
    script, data = files["QUEEN2.JAS"].decode("cp437").split("\r\n"), files["QUEEN.JAS"]
    n_rooms, n_names, n_objects, n_descriptions = struct.unpack_from(">4H", data, 20)
    objects = [(0,) * 8, *(struct.unpack_from(">8h", data, 28 + 16 * i) for i in range(n_objects))]
    names = script[n_descriptions : n_descriptions + n_names]
    responses = script[n_descriptions + n_names + n_rooms + 12 :][:40]  # 12 verbs come between
    found: dict[str, tuple[str, str]] = {}

    def add(line: str, speaker: str, prefix: str) -> None:
        speaker = speaker.strip().lower()
        speaker = re.sub(r"\W+", "_", QUEEN_ALIASES.get(speaker, speaker))
        for clip, sentence in queen_sentences(line, prefix).items():
            found.setdefault(clip, (speaker, sentence))

    for i, line in enumerate(responses + script[:n_descriptions], 1):
        add(line, "joe", f"JOE{i:04d}")
    for file, content in files.items():
        stem = file[:-4]
        if file.endswith(".DOG"):
            for prefix, is_joe, line in queen_dialogue(content):
                add(line, "joe" if is_joe else re.sub(r"\d", "", stem), prefix)
        elif file.endswith(".CUT"):
            lines = queen_cutaway(content, [fields[7] for fields in objects])
            for i, (number, line) in enumerate(lines, 1):
                speaker = names[abs(objects[number][0]) - 1] if number > 0 else f"narrator {number}"
                if line[:1] not in ("", "#"):  # a comment
                    add(line, "joe" if number == 0 else speaker, f"{stem:_<5.5}{i:02d}")
    return found


def read_queen(folder: Path) -> Iterator[GameClip]:
    """Yield the clips of Flight of the Amazon Queen that have a text."""
    files = queen_files((folder / "flight-of-the-amazon-queen" / "queen.1c").read_bytes())
    for name, (speaker, text) in queen_lines(files).items():
        if audio := files.get(f"{name}.SB"):
            yield GameClip(name, speaker, text, audio)


def drascula_texts(data: bytes) -> list[list[str]]:
    """Return the English texts of drascula.dat, one list per entry of DRASCULA_SPEAKERS."""
    at = 9  # after the signature and the version
    for size in DRASCULA_RECORDS:
        at += 2 + size * struct.unpack_from(">H", data, at)[0]
    (n_languages,) = struct.unpack_from(">H", data, at)
    at, tables = at + 2, []
    for _ in DRASCULA_SPEAKERS:
        (n_texts,) = struct.unpack_from(">H", data, at)
        at += 2
        for language in range(n_languages):
            (n_bytes,) = struct.unpack_from(">H", data, at)
            if language == 0:  # each text has its length before and a zero behind it
                text_at, texts = at + 2 + 4, []
                for _ in range(n_texts):
                    texts.append(data[text_at : data.index(b"\0", text_at)].decode("cp850"))
                    text_at += struct.unpack_from(">H", data, text_at - 2)[0]
                tables.append(texts)
            at += 2 + n_bytes
    return tables


def read_drascula(folder: Path) -> Iterator[GameClip]:
    """Yield the clips of Drascula."""
    folder = folder / "drascula" / "en"
    tables = drascula_texts((folder / "drascula.dat").read_bytes())
    texts = dict(zip(DRASCULA_SPEAKERS, tables, strict=True))
    for path in sorted(folder.glob("*.ALS")):
        found = re.fullmatch(r"([A-Z]*)(\d+)", path.stem)
        if not found or path.stem in DRASCULA_BAD or found[1] not in texts:
            continue
        if (number := int(found[2])) < len(texts[found[1]]):
            pcm = path.read_bytes()[32:-32]
            speaker = DRASCULA_SPEAKERS[found[1]]
            yield GameClip(path.stem, speaker, texts[found[1]][number], wav(pcm))


# ---------------------------------------------------------------- Beneath a Steel Sky

SKY_SPEECH = range(50_001, 60_000)  # numbers of files that hold speech
SKY_HEADER = 22  # bytes in front of a file's content


def sky_files(directory: bytes) -> dict[int, tuple[int, int]]:
    """Return (offset, size) in sky.dsk by number of the file, out of sky.dnr."""
    (n_files,) = struct.unpack_from("<I", directory)
    files = {}
    for at in range(4, 4 + 8 * n_files, 8):
        (number,) = struct.unpack_from("<H", directory, at)
        place = int.from_bytes(directory[at + 2 : at + 5], "little")
        size = int.from_bytes(directory[at + 5 : at + 8], "little") & 0x3FFFFF
        unit = 16 if place >> 23 else 1
        files[number] = ((place & 0x7FFFFF) * unit, size)
    return files


def read_sky(folder: Path) -> Iterator[GameClip]:
    """Yield the clips of Beneath a Steel Sky in the order of their numbers, without texts."""
    folder = folder / "beneath-a-steel-sky"
    files = sky_files((folder / "sky.dnr").read_bytes())
    disk = (folder / "sky.dsk").read_bytes()
    for number in sorted(set(files) & set(SKY_SPEECH)):
        offset, size = files[number]
        packed = disk[offset + SKY_HEADER : offset + size]
        if packed.startswith(rnc.MAGIC):
            yield GameClip(str(number), "", "", wav(rnc.unpack(packed)))
