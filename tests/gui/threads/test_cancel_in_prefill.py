"""Cancel reaches the engine in the middle of one long llama_decode, not only between tokens.

The starter model with a long context: its prefill is a single batch of more than 2,000
rows. Where the engine thread is can be seen from its Python frame, which stands at the call of
llama_decode for as long as that runs. How far it is, is told by CPU time, which other programs on
the computer do not disturb.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from types import FrameType

import pytest
from pytestqt.qtbot import QtBot

from app.engine.decoder import Decoder
from app.engine.llama import LlamaContext
from app.engine.prompt import PromptBuilder
from app.gui.threads.engine import Engine
from app.gui.threads.events import JobStopped, LiveText
from app.store.library import Library
from app.store.types import ItemState, JobOptions
from tests.gui.bench import CLIP, JOB_MS, STARTER, Recorder
from tests.gui.threads.use import STOP_S
from tests.packs import pack

LONG = "squirrel " * 2200
MANY_ROWS = 2000  # of the batch; a token is one row, so this is no generated token


def rows_in_llama() -> tuple[int, int] | None:
    """Find the thread that is inside llama_decode: its frame's identity, and rows of its batch."""
    for frame in sys._current_frames().values():
        found = _frame_of_run(frame)
        if found is not None and "batch" in found.f_locals and "status" not in found.f_locals:
            return id(found), int(found.f_locals["n"])
    return None


def _frame_of_run(frame: FrameType | None) -> FrameType | None:
    while frame is not None and frame.f_code is not LlamaContext._run.__code__:
        frame = frame.f_back
    return frame


@pytest.fixture(scope="module")
def whole_s() -> float:
    """CPU seconds of the same prefill when nobody interrupts."""
    decoder = Decoder(pack("starter"), n_threads=1)
    prompt = PromptBuilder(pack("starter").manifest.tokens, decoder.tokenize).build(context=LONG)
    embeds = decoder.embeddings
    assert embeds is not None
    started = time.thread_time()
    n_rows = decoder.prefill(prompt, embeds.rows([0] * 60), max_new_tokens=8)
    used = time.thread_time() - started
    decoder.close()
    assert n_rows > MANY_ROWS
    return used


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    """The starter, told to read a context although it was not taught to: for a long prompt."""
    copy = tmp_path / "patient"
    shutil.copytree(STARTER, copy)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["takes_context"] = True
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return copy


def test_cancel_in_the_middle_of_a_prefill_takes_effect_within_half_a_second(
    heard: Recorder, qtbot: QtBot, library: Library, engine: Engine, patient: Path, whole_s: float
) -> None:
    (item,) = library.add_files([CLIP], JobOptions(pack=str(patient), n_threads=1, context=LONG))
    engine.wake()
    qtbot.waitUntil(lambda: (rows_in_llama() or (0, 0))[1] > MANY_ROWS, timeout=JOB_MS)
    inside = rows_in_llama()
    entered = time.process_time()
    qtbot.waitUntil(lambda: time.process_time() - entered > 0.2 * whole_s, timeout=JOB_MS)
    assert rows_in_llama() == inside  # the very same call
    cancelled = time.process_time()
    engine.cancel(item.id)
    heard.wait(JobStopped)
    took_s = time.process_time() - cancelled
    assert took_s < STOP_S
    assert took_s < 0.5 * whole_s  # it did not just come to its end
    assert library.item(item.id).state is ItemState.CANCELLED
    assert heard.all(LiveText) == []
