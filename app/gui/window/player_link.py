"""Between the player bar, the window and the settings: which recording, from where, how.

item shown -> recording opened;  click on a word -> played from there
position heard -> line marked;   options of the bar <-> settings
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.audio.journal_file import PART_SUFFIX
from app.gui.player.bar import PlayerBar
from app.gui.settings.store import Settings, SettingsStore
from app.gui.window.main_window import MainWindow
from app.store.types import Item, Line


class PlayerLink(QObject):
    """Puts the bar under the pages and keeps it in step with the window.

    Args:
        bar: the player.
        window: shows the transcript that is played.
        settings: remembers speed, skipping, following and volume.

    Signals:
        locate_requested(int): the recording of this item is not where it was.
    """

    locate_requested = Signal(int)

    def __init__(self, bar: PlayerBar, window: MainWindow, settings: SettingsStore) -> None:
        super().__init__(bar)
        self._bar = bar
        self._window = window
        self._settings = settings
        self._item_id: int | None = None
        self._path: Path | None = None
        window.add_below(bar)
        window.addActions(bar.keys.all)
        window.item_shown.connect(self.on_item_shown)
        window.play_requested.connect(self.on_play_requested)
        window.page.lines_changed.connect(self.on_lines_changed)
        bar.position_changed.connect(self.on_position_changed)
        bar.options.changed.connect(self.on_options_changed)
        bar.locate_requested.connect(self.on_locate_requested)
        settings.changed.connect(self.on_settings_changed)
        self.on_settings_changed(settings.settings)
        bar.hide()

    @Slot(object)
    def on_item_shown(self, item: Item | None) -> None:
        """Open the recording of the item; an item that is shown already goes on playing."""
        is_ready = item is not None and item.path and not item.path.endswith(PART_SUFFIX)
        path = Path(item.path) if item is not None and is_ready else None
        if item is not None and (item.id, path) == (self._item_id, self._path):
            return
        self._item_id, self._path = item.id if item is not None else None, path
        self._bar.load(path, item.duration_s if item is not None else None)
        self._bar.setVisible(path is not None)
        self.on_lines_changed(self._window.page.model.lines)

    @Slot(int)
    def on_located(self, item_id: int) -> None:
        """Open the recording at its new place."""
        item = self._window.page.item
        if item is not None and item.id == item_id:
            self.on_item_shown(item)

    @Slot(int, float)
    def on_play_requested(self, _item_id: int, position_s: float) -> None:
        """Play from where somebody clicked."""
        self._bar.play_from(position_s)

    @Slot(object)
    def on_lines_changed(self, lines: Sequence[Line]) -> None:
        """Mark the lines in the waveform."""
        self._bar.set_segments([(line.start_s, line.end_s) for line in lines])

    @Slot(float)
    def on_position_changed(self, position_s: float) -> None:
        """Mark the line that is heard."""
        if self._bar.is_playing:
            self._window.page.on_position_changed(position_s, self._bar.options.follows)

    @Slot()
    def on_locate_requested(self) -> None:
        """Say whose recording it is."""
        if self._item_id is not None:
            self.locate_requested.emit(self._item_id)

    @Slot()
    def on_options_changed(self) -> None:
        """Remember what was chosen in the bar."""
        options = self._bar.options
        self._settings.change(
            replace(
                self._settings.settings,
                speed=options.speed,
                skip_silence=options.skips_silence,
                follow=options.follows,
                volume=options.volume,
            )
        )

    @Slot(object)
    def on_settings_changed(self, settings: Settings) -> None:
        """Take what was chosen in the settings."""
        self._bar.options.take(
            speed=settings.speed,
            skips_silence=settings.skip_silence,
            follows=settings.follow,
            volume=settings.volume,
        )
