"""SciPy's Fourier transform of real numbers, without the rest of SciPy.

``scipy.fft`` is a thin layer over one compiled module, pypocketfft, but importing it brings
scipy.special, BLAS and NumPy's test tools: 0.4 s at each start and 60 MB in the executable. So the
compiled module is loaded from SciPy's folder by itself. The result is the same bit by bit
(tests/engine/test_fourier.py), and SciPy's version is pinned.
"""

from __future__ import annotations

import importlib.util
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.engine.types import FloatArray

_NAME = "pypocketfft"
_UNSCALED = 0  # as scipy.fft scales a forward transform by default
_ONE_THREAD = 1


def rfft(frames: FloatArray) -> npt.NDArray[np.complex64]:
    """Transform each row.

    Args:
        frames: float32 [n_rows, n].

    Returns:
        complex64 [n_rows, n / 2 + 1].
    """
    spectrum: npt.NDArray[np.complex64] = _POCKETFFT.r2c(
        frames, (1,), True, _UNSCALED, None, _ONE_THREAD
    )
    return spectrum


def _load() -> Any:
    spec = importlib.util.find_spec("scipy")
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError("scipy is not installed")
    folder = Path(next(iter(spec.submodule_search_locations))) / "fft" / "_pocketfft"
    files = [folder / f"{_NAME}{suffix}" for suffix in EXTENSION_SUFFIXES]
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        raise ImportError(f"scipy has no {_NAME} in {folder}")
    loader = ExtensionFileLoader(_NAME, str(file))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_file_location(_NAME, file, loader=loader)  # type: ignore[arg-type]
    )
    loader.exec_module(module)
    return module


_POCKETFFT = _load()
