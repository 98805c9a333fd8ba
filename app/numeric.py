"""NumPy, loaded when it is first used: that takes 0.1 s, and a new window computes nothing yet.

    from app.numeric import FloatArray, np

For modules that the window loads; the others import NumPy themselves (tests/test_window_start.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

__all__ = ["FloatArray", "np"]

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray: TypeAlias = npt.NDArray[np.float32]
else:
    FloatArray = "numpy.typing.NDArray[numpy.float32]"

    class _Late:
        """Stands for the package; any thread may be the first to use it."""

        def __getattr__(self, name: str) -> Any:
            import numpy

            found = getattr(numpy, name)
            setattr(self, name, found)  # nothing can be imported any more when Python ends
            return found

    np = _Late()
