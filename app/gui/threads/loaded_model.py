"""The model of the engine thread: loaded with the first work, kept, exchanged for another.

    options of an item, a line, a dictation -> LoadedModel.ready -> the model that they ask for
                                                    └─> EngineState: LOADING, READY, FAILED

There is one at a time: the old one is freed before the new one is loaded, for two may not fit into
memory. Lives in the engine thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from app.engine.loading import Loader, LoadOptions, Transcriber
from app.engine.placement import CPU
from app.errors import SongshuError
from app.gui.threads.events import EnginePhase, EngineState
from app.store.types import JobOptions

_log = logging.getLogger(__name__)


class LoadedModel:
    """Holds the model that was asked for last.

    Args:
        load: loads one.
        tell: is told what becomes of it.
    """

    def __init__(self, load: Loader, tell: Callable[[EngineState], None]) -> None:
        self._load = load
        self._tell = tell
        self._transcriber: Transcriber | None = None
        self._options: LoadOptions | None = None  # with which it was loaded; None: load it anew

    @property
    def is_there(self) -> bool:
        """Whether there is one, whichever."""
        return self._transcriber is not None

    def serves(self, options: JobOptions) -> bool:
        """Whether the one that is there is what these options ask for."""
        return self.is_there and self._options == _load_options(options)

    def ready(self, options: JobOptions) -> Transcriber | None:
        """Give the model that the options ask for, None if it cannot be loaded."""
        if not self.serves(options):
            self.close()
            self._exchange(options)
        return self._transcriber

    def outdate(self) -> None:
        """Have it loaded anew by whoever needs it next."""
        self._options = None

    def close(self) -> None:
        """Free it."""
        if self._transcriber is not None:
            self._transcriber.close()
            self._transcriber = None

    def _exchange(self, options: JobOptions) -> None:
        wanted, pack = _load_options(options), options.pack or ""
        self._tell(EngineState(phase=EnginePhase.LOADING, pack=pack))
        try:
            self._transcriber = self._load(wanted)
        except (SongshuError, OSError, MemoryError) as exc:
            _log.warning("the model cannot be loaded: %s", exc)
            self._tell(
                EngineState(
                    phase=EnginePhase.FAILED,
                    pack=pack,
                    error_type=type(exc).__name__,
                    error_message=str(exc),
                )
            )
            return
        self._options = wanted
        name, device = self._transcriber.manifest.name, self._transcriber.device
        _log.info("the model %s is ready", name)
        self._tell(EngineState(phase=EnginePhase.READY, pack=name, device=device))


def _load_options(options: JobOptions) -> LoadOptions:
    return LoadOptions(
        pack=options.pack,
        n_threads=options.n_threads,
        use_gate=options.use_gate,
        device=options.device or CPU,
    )
