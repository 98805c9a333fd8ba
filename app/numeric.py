"""NumPy, loaded when it is first used: that takes 0.1 s, and a new window computes nothing yet.

    from app.numeric import FloatArray, np

For modules that the window loads; the others import NumPy themselves (tests/test_window_start.py).
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from app.late import Late

__all__ = ["FloatArray", "np"]

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    FloatArray: TypeAlias = npt.NDArray[np.float32]
else:
    FloatArray = "numpy.typing.NDArray[numpy.float32]"

    def _load() -> ModuleType:
        import numpy

        return numpy

    np = Late(_load)
