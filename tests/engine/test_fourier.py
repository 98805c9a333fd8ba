"""Our way into SciPy's transform gives what scipy.fft gives, and loads nothing else of SciPy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import scipy.fft

from app.engine.fourier import rfft
from tests.packs import ROOT


@pytest.mark.parametrize("n_rows", [0, 1, 2, 511, 512])
@pytest.mark.parametrize("n", [2, 400, 512])
def test_equals_scipy_bit_by_bit(n_rows: int, n: int) -> None:
    frames = np.random.default_rng(1).standard_normal((n_rows, n)).astype(np.float32)
    ours = rfft(frames)
    assert ours.dtype == np.complex64
    np.testing.assert_array_equal(ours, scipy.fft.rfft(frames, axis=1))


def test_rows_that_overlap_in_memory() -> None:
    samples = np.random.default_rng(2).standard_normal(2000).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, 400)[::160]
    np.testing.assert_array_equal(rfft(frames), scipy.fft.rfft(frames, axis=1))


def test_loads_nothing_else_of_scipy() -> None:
    code = (
        "import sys, app.engine.mel\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('scipy', 'unittest')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
