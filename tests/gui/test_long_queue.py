"""500 files at once through the whole app: some twice, some that vanish, some that are no sound.

The tiny model and clips of a second, so that it is quick; everything else is as it always is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui.threads.events import EngineState, JobFailed, JobFinished
from app.store.types import ItemState
from tests.gui.bench import Bench, Recorder, drop, file_mime, make_bench, no_size_hints
from tests.packs import PACKS, ROOT

pytestmark = no_size_hints
CLIP = ROOT / "tests" / "data" / "yes_slt.wav"
N_FILES = 500
QUEUE_MS = 300_000  # reached only when something hangs


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(qtbot, tmp_path)


def test_500_files_are_done_one_after_the_other(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    files = [folder / f"{number:03} 会议.wav" for number in range(N_FILES)]
    gone, broken = set(files[7::50]), set(files[13::100])
    vanishing = set(files[31::50])
    for file in files:
        if file in broken:
            file.write_bytes(b"this is no sound")
        elif file not in gone:
            shutil.copy(CLIP, file)
    desktop = bench.start()
    settings = desktop.settings
    settings.change(replace(settings.settings, pack=str(PACKS / "tiny")))
    heard = Recorder(qtbot, desktop.engine.worker)

    assert drop(desktop.window, file_mime(*files, *files[::10]))  # every tenth is given twice
    qtbot.waitUntil(lambda: desktop.window.sidebar.model.n_open > 0, timeout=QUEUE_MS)
    assert len(bench.items()) == N_FILES - len(gone)
    for file in vanishing:
        file.unlink()  # while the first ones are being recognised
    drop(desktop.window, file_mime(folder))  # all of them once more
    n_done, n_failed = N_FILES - len(gone | vanishing | broken), len(vanishing | broken)
    qtbot.waitUntil(
        lambda: (len(heard.all(JobFinished)), len(heard.all(JobFailed))) == (n_done, n_failed),
        timeout=QUEUE_MS,
    )

    items = {item.path: item for item in bench.items() if item.error_type == ""}
    failed = {item.path: item.error_type for item in bench.items() if item.error_type}
    assert failed == {
        **{str(file): "AudioNotFoundError" for file in vanishing},
        **{str(file): "UnsupportedAudioError" for file in broken},
    }
    expected = [str(f) for f in files if f not in gone | vanishing | broken]
    assert sorted(items) == expected
    assert {item.state for item in items.values()} == {ItemState.DONE}
    texts = {tuple(line.text for line in bench.library.lines(i.id)) for i in items.values()}
    assert len(texts) == 1
    order = [event.item_id for event in heard.all(JobFinished)]
    assert order == [items[path].id for path in expected]
    assert [state.phase for state in heard.all(EngineState)] == ["loading", "ready"]
    assert desktop.window.sidebar.model.n_open == 0
    assert bench.library.queue() == []
    qtbot.waitUntil(lambda: desktop.window.status.text.startswith("Ready"))
