"""What the window may say to a busy engine thread: stop this item, look at that line, listen now.

A queued call cannot reach a thread that is inside a model, so these few wishes lie in a small box
that both threads share under a lock, and the cancel token is set directly: the engine sees it
within a step, even inside prefill.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.engine.cancel import CancelToken
from app.gui.threads.live_job import LiveRequest
from app.store.types import ItemState, JobOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRequest:
    """Recognise the span of one line again.

    Attributes:
        path: of the audio; start_s, end_s: the span in seconds.
    """

    item_id: int
    line_id: int
    path: str
    start_s: float
    end_s: float
    options: JobOptions


class EngineControl:
    """The box between the two threads. Every method may be called from either."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: int | None = None
        self._token: CancelToken | None = None
        self._wishes: dict[int, ItemState] = {}
        self._lines: list[LineRequest] = []
        self._line_token: CancelToken | None = None
        self._live: list[LiveRequest] = []
        self._quitting = False
        self._ready = True

    @property
    def is_ready(self) -> bool:
        """Whether there is a model to work with; without one nothing more is begun."""
        with self._lock:
            return self._ready

    def set_ready(self, ready: bool) -> None:
        """Say whether there is a model."""
        with self._lock:
            self._ready = ready

    @property
    def running_item(self) -> int | None:
        """The item that is being worked on."""
        with self._lock:
            return self._running

    @property
    def is_quitting(self) -> bool:
        """Whether the program is about to end."""
        with self._lock:
            return self._quitting

    def stop(self, item_id: int, state: ItemState) -> bool:
        """Ask for an item to be stopped.

        Args:
            item_id: which one.
            state: what it becomes: PAUSED, CANCELLED or WAITING.

        Returns:
            Whether it is running now; if not, the caller sets its state in the store.
        """
        with self._lock:
            self._wishes[item_id] = state
            if self._running != item_id:
                return False
            if self._token is not None:
                self._token.cancel()
            return True

    def allow(self, item_id: int) -> None:
        """Forget a wish to stop, because the item is to run again."""
        with self._lock:
            self._wishes.pop(item_id, None)

    def quit(self) -> None:
        """Stop whatever runs and start nothing more; it goes on at the next start."""
        with self._lock:
            self._quitting = True
            for request in self._live:
                request.cancel.cancel()
            self._interrupt()

    def begin(self, item_id: int) -> CancelToken:
        """Say that work on an item begins (engine thread)."""
        with self._lock:
            self._running = item_id
            self._token = CancelToken()
            if self._quitting or self._live or item_id in self._wishes:
                self._token.cancel()
            return self._token

    def end(self) -> None:
        """Say that work on it has ended (engine thread)."""
        with self._lock:
            if self._running is not None:
                self._wishes.pop(self._running, None)
            self._running = None
            self._token = None

    def ask_for_live(self, request: LiveRequest) -> None:
        """Let a dictation be heard now; what runs stops, and goes on afterwards."""
        with self._lock:
            self._live.append(request)
            self._interrupt()

    def next_live(self) -> LiveRequest | None:
        """Give the dictation that comes first; it stays until ``end_live`` (engine thread)."""
        with self._lock:
            return self._live[0] if self._live else None

    def end_live(self, request: LiveRequest) -> None:
        """Say that a dictation has ended (engine thread)."""
        with self._lock:
            self._live.remove(request)

    def makes_way(self, item_id: int) -> bool:
        """Whether an item was stopped only because a dictation came (engine thread)."""
        with self._lock:
            return bool(self._live) and not self._quitting and item_id not in self._wishes

    def wish(self, item_id: int) -> ItemState:
        """Give the state that a stopped item is to get (engine thread)."""
        with self._lock:
            return self._wishes.get(item_id, ItemState.WAITING)

    def ask_for_line(self, request: LineRequest) -> None:
        """Queue a line; it comes before the next segment of a running item."""
        with self._lock:
            self._lines.append(request)

    def next_line(self, accept: Callable[[LineRequest], bool]) -> LineRequest | None:
        """Take the line that has waited longest of those that are accepted (engine thread)."""
        with self._lock:
            request = next(filter(accept, self._lines), None)
            if request is not None:
                self._lines.remove(request)
            return request

    def begin_line(self) -> CancelToken:
        """Say that work on a single line begins (engine thread)."""
        with self._lock:
            self._line_token = CancelToken()
            if self._quitting or self._live:
                self._line_token.cancel()
            return self._line_token

    def end_line(self) -> None:
        """Say that work on it has ended (engine thread)."""
        with self._lock:
            self._line_token = None

    def put_line_back(self, request: LineRequest) -> None:
        """Let a line that was interrupted come first afterwards (engine thread)."""
        with self._lock:
            self._lines.insert(0, request)

    def _interrupt(self) -> None:
        """Stop what the engine does; the lock is held."""
        for token in (self._token, self._line_token):
            if token is not None:
                token.cancel()
