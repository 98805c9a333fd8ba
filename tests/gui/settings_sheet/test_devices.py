"""The list of devices offers what works, and names what does not with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from pytestqt.qtbot import QtBot

from app.engine.device_memory import DeviceMemory, Verdict
from app.engine.devices import Device, Obstacle
from app.engine.outcome import Outcome
from app.engine.placement import CPU
from app.gui.settings.store import SettingsStore
from app.gui.settings_sheet.devices import DeviceChoice, Finder
from app.gui.settings_sheet.recognition import RecognitionPage
from tests.gui.bench import no_size_hints

pytestmark = no_size_hints
PROCESSOR = Device(key=CPU, name="Squirrel 9000")
NOT_USED = Device(key="", name="RTX 9", obstacle=Obstacle.NOT_USED)


class Keeper:
    """Settings that are all as they were delivered."""

    def get(self, key: str, default: object = None) -> object:
        return default

    def put(self, key: str, value: object) -> None:
        raise AssertionError("nothing is changed here")


def refused(outcome: Outcome) -> Device:
    return Device(key="vulkan:0", name="RTX 9", obstacle=Obstacle.FAILED_TEST, outcome=outcome)


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[object]:
    made: list[DeviceChoice] = []

    def make(find: Finder) -> DeviceChoice:
        choice = DeviceChoice(find)
        qtbot.addWidget(choice)
        made.append(choice)
        choice.show()
        # not the first ``explained``: a style that an earlier test left brings one before
        qtbot.waitUntil(lambda: choice._asked and not choice._task.is_running)
        return choice

    yield make
    for choice in made:
        choice.close_tasks()


def enabled(choice: DeviceChoice) -> dict[str, bool]:
    model = choice.model()
    assert isinstance(model, QStandardItemModel)
    return {choice.itemText(row): model.item(row).isEnabled() for row in range(choice.count())}


def test_devices_of_this_computer(make, qtbot: QtBot) -> None:  # type: ignore[no-untyped-def]
    from app.engine.devices import find_devices

    choice = make(find_devices)
    offered = enabled(choice)
    automatic, processor, card = offered
    assert (automatic, card) == ("Automatic", "Graphics card (cannot be used)")
    assert processor.startswith("Processor (CPU): ")
    assert list(offered.values()) == [True, True, False]
    assert choice.reasons


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (NOT_USED, "does not use it yet"),
        (refused(Outcome.GARBAGE), "RTX 9 computed nonsense"),
        (refused(Outcome.CRASH), "driver of RTX 9 crashed"),
        (refused(Outcome.HANG), "RTX 9 gave no answer"),
        (refused(Outcome.FAILED), "RTX 9 cannot run"),
    ],
)
def test_card_is_greyed_with_its_reason(
    make,  # type: ignore[no-untyped-def]
    card: Device,
    reason: str,
) -> None:
    choice = make(lambda: (PROCESSOR, card))
    row = choice.findText("RTX 9 (cannot be used)")
    assert not enabled(choice)["RTX 9 (cannot be used)"]
    assert reason in choice.itemData(row, Qt.ItemDataRole.ToolTipRole)
    assert reason in choice.reasons


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (Device(key="", name="", obstacle=Obstacle.NO_CARD), "No graphics card"),
        (
            Device(key="", name="", obstacle=Obstacle.FAILED_TEST, outcome=Outcome.HANG),
            "Graphics card gave no answer",
        ),
    ],
)
def test_no_card_is_told(make, device: Device, reason: str) -> None:  # type: ignore[no-untyped-def]
    choice = make(lambda: (PROCESSOR, device))
    assert reason in choice.reasons
    assert list(enabled(choice).values()) == [True, True, False]


def test_card_that_may_work_can_be_chosen(make) -> None:  # type: ignore[no-untyped-def]
    choice = make(lambda: (PROCESSOR, Device(key="vulkan:0", name="RTX 9")))
    assert enabled(choice)["RTX 9"]
    assert choice.itemData(choice.findText("RTX 9")) == "vulkan:0"
    assert "tested when it is first used" in choice.reasons


def test_chosen_card_that_is_gone_is_not_dropped_in_silence(make) -> None:  # type: ignore[no-untyped-def]
    choice = make(lambda: (PROCESSOR,))
    choice.show_chosen("vulkan:1")
    assert choice.currentData() == "vulkan:1"
    assert choice.currentText() == "vulkan:1"


def test_keys_pass_over_what_cannot_be_chosen(qtbot: QtBot, make) -> None:  # type: ignore[no-untyped-def]
    choice = make(lambda: (PROCESSOR, NOT_USED))
    choice.show_chosen(CPU)
    assert choice.currentData() == CPU
    qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert choice.currentData() == CPU


def test_runtimes_that_cannot_be_asked_leave_the_processor(qtbot: QtBot) -> None:
    def fail() -> Sequence[Device]:
        raise OSError("no such library")

    choice = DeviceChoice(fail)
    qtbot.addWidget(choice)
    with qtbot.waitSignal(choice._task.failed):
        choice.show()
    assert enabled(choice) == {"Automatic": True, "Processor (CPU)": True}
    choice.close_tasks()


def test_page_says_the_reason_below_the_list(qtbot: QtBot) -> None:
    page = RecognitionPage(SettingsStore(Keeper()), ["English"])
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.device._asked and not page.device._task.is_running)
    assert page._device_row.hint.text() == page.device.reasons != ""
    assert page.device.accessibleDescription() == page._device_row.hint.text()
    page.close_tasks()


def test_refused_card_can_be_tried_again(qtbot: QtBot, tmp_path: Path) -> None:
    memory = DeviceMemory(tmp_path / "devices.json")
    memory.remember("vulkan:0", {}, Verdict(outcome=Outcome.HANG))

    def find() -> Sequence[Device]:
        known = memory.recall("vulkan:0", {})
        return (PROCESSOR, refused(known.outcome) if known else Device(key="vulkan:0", name="RTX"))

    choice = DeviceChoice(find, memory=memory)
    qtbot.addWidget(choice)
    choice.show()
    qtbot.waitUntil(lambda: choice.has_refused)
    choice.forget_tests()
    qtbot.waitUntil(lambda: not choice.has_refused)
    assert enabled(choice)["RTX"]
    choice.close_tasks()


def test_page_offers_another_test_only_where_one_failed(qtbot: QtBot) -> None:
    page = RecognitionPage(SettingsStore(Keeper()), ["English"])
    qtbot.addWidget(page)
    page.device._find = lambda: (PROCESSOR, refused(Outcome.CRASH))
    page.show()
    qtbot.waitUntil(page.test_again.isVisible)
    page.device._find = lambda: (PROCESSOR, Device(key="vulkan:0", name="RTX 9"))
    with qtbot.waitSignal(page.devices_forgotten):
        page.test_again.click()
    qtbot.waitUntil(lambda: not page.test_again.isVisible())
    page.close_tasks()
