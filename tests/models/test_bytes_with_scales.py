"""Checkpoints whose matrices are signed bytes with scales: the starter's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from models.errors import TensorValueError
from models.safetensors_file import read_header

LEVELS = np.array([[1, -2, 3, 127], [0, 5, -127, 4]], np.int8)
SCALES = np.array([[0.5, 2.0], [1.0, 0.25]], np.float16)


def test_bytes_are_multiplied_by_the_scale_of_their_group(tmp_path: Path) -> None:
    save_file({"a": LEVELS, "a_scale": SCALES}, tmp_path / "x.safetensors")
    entries = read_header(tmp_path / "x.safetensors")
    assert list(entries) == ["a"]
    expected = [[0.5, -1.0, 6.0, 254.0], [0.0, 5.0, -31.75, 1.0]]
    np.testing.assert_array_equal(entries["a"].read(), np.array(expected, np.float32))


def test_a_scale_without_bytes_is_a_tensor_of_its_own(tmp_path: Path) -> None:
    tensors = {"a": SCALES, "a_scale": SCALES}
    save_file(tensors, tmp_path / "x.safetensors")
    assert set(read_header(tmp_path / "x.safetensors")) == {"a", "a_scale"}


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({}, "without a_scale"),
        ({"a_scale": LEVELS}, "without a_scale"),
        ({"a_scale": SCALES[:1]}, "do not fit"),
        ({"a_scale": np.ones((2, 3), np.float16)}, "do not fit"),
        ({"a_scale": np.ones(2, np.float16)}, "do not fit"),
    ],
)
def test_bytes_need_scales_that_fit(
    tmp_path: Path, others: dict[str, np.ndarray], message: str
) -> None:
    save_file({"a": LEVELS, **others}, tmp_path / "x.safetensors")
    with pytest.raises(TensorValueError, match=message):
        read_header(tmp_path / "x.safetensors")
