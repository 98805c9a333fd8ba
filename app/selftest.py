"""``Songshu --selftest``: does this executable work on this computer?

    libraries -> files of the program -> pack -> a recording to its text -> a window, unseen

Each step says "ok" or what is wrong; the exit code is 0 if all are. Continuous integration calls it
on the frozen executable, support asks people for its output. It writes nothing but a database in a
folder that is deleted again.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import struct
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory

from app import __version__, paths
from app.cli.terminal import Terminal, standard_terminal
from app.engine.loading import LoadOptions, load_engine
from app.engine.pack import open_pack
from app.engine.pack_choice import choose_pack

LIBRARIES = ("onnxruntime", "app.engine.llama", "numpy", "av", "sqlite3", "PySide6.QtWidgets")
LIBRARIES_USED_LATER = ("docx", "cn2an", "text_to_num", "psutil", "sounddevice")
SAMPLE = "squirrel"
# Half of the words: models differ in a word or two, one whose numbers come out wrong (a processor's
# or driver's fault) gives none of them.
MIN_SIMILARITY = 0.5
_HEAD = struct.Struct("<II")  # see build_tools/payload.py
_ENTRY = struct.Struct("<BHQ32s")
_LINK = 2


class SelfTestError(Exception):
    """A step of the self-test found something wrong; the message says what."""


def run(terminal: Terminal | None = None) -> int:
    """Run every step and return the exit code; goes on after a failure."""
    terminal = terminal or standard_terminal()
    terminal.write(f"Songshu {__version__}, {paths.executable()}\n")
    results = [_run_step(terminal, name, step) for name, step in STEPS.items()]
    terminal.write("self-test passed\n" if all(results) else "self-test FAILED\n")
    return 0 if all(results) else 1


def _run_step(terminal: Terminal, name: str, step: Callable[[], str]) -> bool:
    started = time.monotonic()
    try:
        found = step()
    except Exception as exc:  # whatever it is, the next step tells more
        terminal.write(f"{name}: FAILED: {type(exc).__name__}: {exc}\n")
        return False
    terminal.write(f"{name}: ok, {found} ({time.monotonic() - started:.2f} s)\n")
    return True


def check_libraries() -> str:
    """Load every library that is used anywhere."""
    for name in (*LIBRARIES, *LIBRARIES_USED_LATER):
        importlib.import_module(name)
    return f"{len(LIBRARIES) + len(LIBRARIES_USED_LATER)} loaded"


def check_program() -> str:
    """Compare the unpacked program, file by file, with the digests inside the executable."""
    span = paths.packed_program()
    if span is None:
        return "not from one file"
    folder = Path(sys.executable).parent
    with span.path.open("rb") as file:
        file.seek(span.offset)
        index_bytes, n_entries = _HEAD.unpack(file.read(_HEAD.size))
        index = file.read(index_bytes)
    at = 0
    wrong = []
    for _ in range(n_entries):
        kind, place_bytes, _n_bytes, digest = _ENTRY.unpack_from(index, at)
        at += _ENTRY.size + place_bytes
        place = index[at - place_bytes : at].decode()
        if kind != _LINK and _digest(folder / place) != digest:
            wrong.append(place)
    if wrong:
        raise SelfTestError(f"changed in {folder}: {', '.join(wrong)}. Delete the folder.")
    return f"{n_entries} files in {folder} are intact"


def _digest(path: Path) -> bytes:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=32).digest()
    except OSError:
        return b""


def check_pack() -> str:
    """Compare every file of the pack that would be used with its checksum."""
    pack = open_pack(choose_pack(None))
    pack.verify()
    return f"{pack.name}, {pack.n_bytes / 1e6:.1f} MB, all {len(pack.manifest.files)} files intact"


def check_recognition() -> str:
    """Recognise a sample."""
    from app.audio.chunks import split_chunks
    from app.audio.decode import open_audio
    from app.engine.types import TranscribeOptions, TranscriptDone

    sample = paths.bundle_folder() / "samples" / f"{SAMPLE}.wav"
    transcriber = load_engine(LoadOptions(pack=None, n_threads=None, use_gate=True))
    try:
        with open_audio(sample) as audio:
            events = transcriber.transcribe(split_chunks(audio.blocks()), TranscribeOptions())
            texts = [e.transcript.text for e in events if isinstance(e, TranscriptDone)]
    finally:
        transcriber.close()
    expected = sample.with_suffix(".txt").read_text(encoding="utf-8")
    if similarity(texts[0], expected) < MIN_SIMILARITY:
        raise SelfTestError(f"heard {texts[0]!r} instead of {expected!r}")
    return f"heard {texts[0]!r}"


def similarity(text: str, expected: str) -> float:
    """Give the share of words, from 0 to 1, that two texts have in common and in order."""
    words = [t.lower().replace(".", "").replace(",", "").split() for t in (text, expected)]
    return SequenceMatcher(a=words[0], b=words[1], autojunk=False).ratio()


def check_window() -> str:
    """Open the window where nobody sees it, and look whether anything is drawn."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.gui.application import make_application
    from app.gui.desktop import Desktop
    from app.store.library import Library

    qt = make_application()
    with TemporaryDirectory(prefix="songshu-selftest-") as folder:
        desktop = Desktop(qt, Library.open(Path(folder) / "library.sqlite"), load_engine)
        try:
            desktop.window.show()
            qt.processEvents()
            picture = desktop.window.grab().toImage()
        finally:
            desktop.close()
    colors = {
        picture.pixel(x, y)
        for x in range(0, picture.width(), 8)
        for y in range(0, picture.height(), 8)
    }
    if len(colors) < 3:
        raise SelfTestError("the window is empty")
    return f"{picture.width()} x {picture.height()} pixels, {len(colors)} colours"


STEPS = {
    "libraries": check_libraries,
    "program": check_program,
    "pack": check_pack,
    "recognition": check_recognition,
    "window": check_window,
}
