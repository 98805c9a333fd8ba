"""The list of devices offers what works, and names what does not with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from pytestqt.qtbot import QtBot

from app.engine.devices import CPU, Device, Obstacle, judge_devices
from app.gui.settings import SettingsStore
from app.gui.settings_pages.devices import DeviceChoice, Finder
from app.gui.settings_pages.recognition import RecognitionPage
from tests.gui.bench import no_size_hints

pytestmark = no_size_hints
WITH_CARD = judge_devices(
    [("Squirrel 9000", True), ("RTX 9", False)], ["CUDAExecutionProvider", "CPUExecutionProvider"]
)
CARD_ALONE = (
    Device(key=CPU, name="Squirrel 9000"),
    Device(key="", name="RTX 9", obstacle=Obstacle.ONE_OF_TWO),
)


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
    assert "built for the processor" in choice.reasons


@pytest.mark.parametrize(
    ("devices", "reason"), [(WITH_CARD, "does not use it yet"), (CARD_ALONE, "only one of the two")]
)
def test_card_is_greyed_with_its_reason(
    make,  # type: ignore[no-untyped-def]
    devices: Sequence[Device],
    reason: str,
) -> None:
    choice = make(lambda: devices)
    row = choice.findText("RTX 9 (cannot be used)")
    assert not enabled(choice)["RTX 9 (cannot be used)"]
    assert reason in choice.itemData(row, Qt.ItemDataRole.ToolTipRole)
    assert "RTX 9" in choice.reasons


def test_keys_pass_over_what_cannot_be_chosen(qtbot: QtBot, make) -> None:  # type: ignore[no-untyped-def]
    choice = make(lambda: CARD_ALONE)
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
    class Keeper:
        def get(self, key: str, default: object = None) -> object:
            return default

        def put(self, key: str, value: object) -> None:
            raise AssertionError("nothing is changed here")

    page = RecognitionPage(SettingsStore(Keeper()), ["English"])
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.device._asked and not page.device._task.is_running)
    assert "built for the processor" in page._device_row.hint.text()
    assert page.device.accessibleDescription() == page._device_row.hint.text()
    page.close_tasks()
