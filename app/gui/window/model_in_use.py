"""Which model recognises, and what the window shows of it.

models page -> take -> engine (ready or not), waiting items, page for new files, status line
engine -> state -> status line, and a panel while it cannot work
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from app.gui.items.actions import ItemActions
from app.gui.settings.store import Settings, SettingsStore
from app.gui.threads.engine import QUEUED, Engine
from app.gui.threads.events import EnginePhase, EngineState
from app.gui.window.parts import WindowParts
from app.gui.wording.languages import favourites_first
from app.store.types import JobOptions


class ModelInUse(QObject):
    """Keeps engine, items and window in step with the chosen model.

    Args:
        parts: of the window.
        engine: loads it.
        actions: exchange it for items that wait in vain.
        settings: the language of the recordings.
    """

    def __init__(
        self, parts: WindowParts, engine: Engine, actions: ItemActions, settings: SettingsStore
    ) -> None:
        super().__init__(parts.content)
        self._idle, self._problem, self._status = parts.idle, parts.problem, parts.status
        self._engine = engine
        self._actions = actions
        self._settings = settings
        self._pack: str | None = None
        self._languages: Sequence[str] = ()
        self._state = EngineState(phase=EnginePhase.IDLE)
        self._idle.language_chosen.connect(self.on_language_chosen)
        self._problem.retry_requested.connect(self.on_retry)
        settings.changed.connect(self.on_settings_changed)
        engine.worker.engine_changed.connect(self.on_engine_changed, QUEUED)

    def job_options(self) -> JobOptions:
        """Give the settings with which a file is queued now."""
        options = self._settings.settings.job_options()
        return replace(options, pack=options.pack or self._pack)

    def take(
        self,
        path: str | None,
        name: str,
        languages: Sequence[str],
        unusable: Collection[str] = (),
    ) -> None:
        """Take the model that will be used; without one nothing is started.

        Args:
            path: of the pack, None if there is none.
            name: for people.
            languages: canonical names that it knows.
            unusable: paths of packs that must not be used.
        """
        self._pack, self._languages = path, languages
        self._engine.set_ready(path is not None)
        self._idle.set_has_model(path is not None)
        self._status.set_pack(name)
        self.show_languages()
        if path is None:
            return
        failed = self._state.phase is EnginePhase.FAILED
        self._actions.exchange_model(path, failed=failed, unusable=unusable)
        self._engine.wake()

    def show_languages(self) -> None:
        """Offer the languages of the model, in the language of the window."""
        settings = self._settings.settings
        languages = favourites_first(self._languages, settings.favourites)
        self._idle.set_languages(languages, settings.language)

    @Slot(object)
    def on_engine_changed(self, state: EngineState) -> None:
        """Show what the engine does, and why it cannot."""
        self._state = state
        self._status.set_engine(state)
        if state.phase is EnginePhase.FAILED:
            kept = self.tr("The files stay in the list and start as soon as a model works.")
            self._problem.show_error(state.error_type, state.error_message, kept)
        else:
            self._problem.hide()

    @Slot()
    def on_retry(self) -> None:
        """Try to load the model again."""
        self._problem.hide()
        self._engine.wake()

    @Slot(object)
    def on_language_chosen(self, language: str | None) -> None:
        """Store the language of the recordings."""
        self._settings.change(replace(self._settings.settings, language=language))

    @Slot(object)
    def on_settings_changed(self, _settings: Settings) -> None:
        """Show languages as they are set now."""
        self.show_languages()
