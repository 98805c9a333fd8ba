"""PyAV, loaded when it is first used: it takes 60 ms, and a window that opens plays nothing yet.

from app.audio.ffmpeg import av
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av as av
else:

    class _Late:
        """Stands for the package; any thread may be the first to use it."""

        def __getattr__(self, name: str) -> Any:
            import av
            import av.filter

            found = getattr(av, name)
            setattr(self, name, found)  # nothing can be imported any more when Python ends
            return found

    av = _Late()
