"""The mel filter bank: its shape, its scale, and where its sizes come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.errors import ConfigError
from models.mel_filters import (
    MelShape,
    hz_to_mel,
    main,
    mel_filters,
    mel_to_hz,
    read_mel_shape,
)
from tests.models.checkpoints import write_json


@pytest.mark.parametrize(
    ("hz", "mel"), [(0, 0), (200, 3), (1000, 15), (6400, 42), (2529.822, 28.5)]
)
def test_hz_to_mel_follows_slaneys_scale(hz: float, mel: float) -> None:
    assert hz_to_mel(hz) == pytest.approx(mel, abs=1e-4)
    assert mel_to_hz(mel) == pytest.approx(hz, rel=1e-4)


@pytest.mark.parametrize("n_mels", [80, 128])
def test_mel_filters_are_triangles_of_equal_area(n_mels: int) -> None:
    filters = mel_filters(MelShape(n_mels=n_mels, n_fft=16000))
    assert filters.shape == (8001, n_mels)
    assert filters.dtype == np.float32
    np.testing.assert_allclose(filters.sum(axis=0), 1.0, rtol=1e-3)  # 1 Hz a bin


def test_mel_filters_of_the_model_have_the_published_values() -> None:
    filters = mel_filters(MelShape(n_mels=128))
    assert filters.shape == (201, 128)
    # transformers 4.57.6, WhisperFeatureExtractor(feature_size=128).mel_filters
    np.testing.assert_allclose(filters[1, :3], [0.01237398, 0.03039256, 0.0], atol=2e-6)


def test_read_mel_shape_prefers_the_preprocessor(tmp_path: Path) -> None:
    write_json(tmp_path / "processor_config.json", {"feature_extractor": {"n_fft": 512}})
    assert read_mel_shape(tmp_path, 128).n_fft == 512
    write_json(tmp_path / "preprocessor_config.json", {"hop_length": 200, "feature_size": 128})
    shape = read_mel_shape(tmp_path, 128)
    assert (shape.n_fft, shape.hop_length, shape.sample_rate) == (400, 200, 16000)


def test_read_mel_shape_uses_whispers_constants_without_a_file(tmp_path: Path) -> None:
    assert read_mel_shape(tmp_path, 80) == MelShape(n_mels=80)


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("feature_size", 80, "128 as in the audio tower"),
        ("sampling_rate", 8000, "16000 as in the application"),
        ("n_fft", "400", "a positive number"),
        ("hop_length", 0, "a positive number"),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_read_mel_shape_refuses_what_the_application_cannot_compute(
    tmp_path: Path, key: str, value: object, wanted: str, nested: bool
) -> None:
    if nested:
        write_json(tmp_path / "processor_config.json", {"feature_extractor": {key: value}})
    else:
        write_json(tmp_path / "preprocessor_config.json", {key: value})
    with pytest.raises(ConfigError, match=f"{key} is {value!r}, not {wanted}"):
        read_mel_shape(tmp_path, 128)


def test_command_writes_an_array(folder: Path, tmp_path: Path) -> None:
    assert main([str(folder), str(tmp_path / "out.npy")]) == 0
    assert np.load(tmp_path / "out.npy").shape == (201, 20)
