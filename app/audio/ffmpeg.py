"""PyAV, loaded when it is first used: it takes 60 ms, and a window that opens plays nothing yet.

from app.audio.ffmpeg import av
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from app.late import Late

if TYPE_CHECKING:
    import av as av
else:

    def _load() -> ModuleType:
        import av
        import av.filter

        return av

    av = Late(_load)
