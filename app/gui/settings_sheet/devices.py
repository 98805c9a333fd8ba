"""What to compute on: what the runtimes really offer here, and what they do not, greyed.

first shown -> find_devices, in a thread (it loads both runtimes) -> entries, reasons
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent, QStandardItemModel
from PySide6.QtWidgets import QStyledItemDelegate, QWidget

from app.engine.device_memory import DeviceMemory
from app.engine.devices import Device, Obstacle, find_devices
from app.engine.placement import CPU
from app.gui.threads.background import BackgroundTask
from app.gui.widgets.card import fill_choices
from app.gui.widgets.fields import Choice
from app.gui.wording import words

Finder = Callable[[], Sequence[Device]]


class DeviceChoice(Choice):
    """The list of devices. Call ``close_tasks`` before the program ends.

    Args:
        find: finds them; another one serves tests.
        memory: of their tests; this person's by default.

    Signals:
        explained(str): why some of them cannot be chosen, for the line below; "" if all can.
    """

    explained = Signal(str)

    def __init__(
        self,
        find: Finder = find_devices,
        parent: QWidget | None = None,
        *,
        memory: DeviceMemory | None = None,
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._memory = memory or DeviceMemory()
        self._devices: tuple[Device, ...] = (Device(key=CPU, name=""),)
        self._chosen: str | None = None
        self._asked = False
        self.setItemDelegate(QStyledItemDelegate(self))  # the usual one greys nothing
        self._task = BackgroundTask(self)
        self._task.finished.connect(self.on_found)
        self.retranslate()

    def show_chosen(self, key: str | None) -> None:
        """Show what is chosen; None is automatic."""
        self._chosen = key
        self.retranslate()

    def close_tasks(self) -> None:
        """End the thread."""
        self._task.close()

    @property
    def has_refused(self) -> bool:
        """Whether a device failed its test, so that another test may end better."""
        return any(device.obstacle is Obstacle.FAILED_TEST for device in self._devices)

    def forget_tests(self) -> None:
        """Forget how all tests ended, and look again."""
        self._memory.forget()
        if not self._task.is_running:
            self._task.start(lambda _progress, _cancel: tuple(self._find()))

    @property
    def reasons(self) -> str:
        """Why some devices cannot be chosen."""
        told = {
            Obstacle.NOT_BUILT: self.tr(
                "Graphics cards: the runtimes inside this Songshu are built for the processor."
            ),
            Obstacle.NO_CARD: self.tr("No graphics card with a Vulkan driver was found."),
            Obstacle.NOT_USED: self.tr("{names}: this version of Songshu does not use it yet."),
        }
        lines = []
        for obstacle, text in told.items():
            names = [device.name for device in self._devices if device.obstacle is obstacle]
            if names:
                lines.append(text.format(names=", ".join(names)))
        lines += [
            words.device_reason(device.outcome, device.name or self.tr("Graphics card"))
            for device in self._devices
            if device.obstacle is Obstacle.FAILED_TEST and device.outcome is not None
        ]
        if any(device.is_usable and device.key != CPU for device in self._devices):
            lines.append(self.tr("What is no processor is tested when it is first used."))
        return "\n".join(lines)

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        processor = self.tr("Processor (CPU)")
        choices: list[tuple[object, str]] = [(None, self.tr("Automatic"))]
        for device in self._devices:
            if device.key == CPU:
                name = f"{processor}: {device.name}" if device.name else processor
                choices.append((device.key, name))
            elif device.is_usable:
                choices.append((device.key, device.name))
            else:
                name = device.name or self.tr("Graphics card")
                text = self.tr("{name} (cannot be used)").format(name=name)
                choices.append((device.key, text))
        if self._chosen not in (key for key, _ in choices):  # never dropped in silence
            choices.append((self._chosen, str(self._chosen)))
        fill_choices(self, choices, self._chosen)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for row, device in enumerate(self._devices, 1):
            if not device.is_usable:
                model.item(row).setEnabled(False)
                model.item(row).setForeground(self.palette().placeholderText())
                self.setItemData(row, self.reasons, Qt.ItemDataRole.ToolTipRole)
                description = Qt.ItemDataRole.AccessibleDescriptionRole
                self.setItemData(row, self.reasons, description)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Look for devices when somebody wants to see them."""
        super().showEvent(event)
        if not self._asked:
            self._asked = True
            self._task.start(lambda _progress, _cancel: tuple(self._find()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
            self.explained.emit(self.reasons)
        super().changeEvent(event)

    @Slot(object)
    def on_found(self, devices: tuple[Device, ...]) -> None:
        """Show what there is."""
        self._devices = devices
        self.retranslate()
        self.explained.emit(self.reasons)
