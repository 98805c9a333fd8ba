"""The encoder: switches on equal off (without quantisation), edge lengths, windows, damage."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.encoder import AudioEncoder, providers
from app.engine.types import FloatArray
from app.errors import Cancelled, EncoderError
from tests.packs import float_pack, pack

RNG = np.random.default_rng(5)
EDGES = [1, 8, 9, 99, 100, 101, 199, 799, 800, 801, 900, 1600, 1701, 3000]
CLOSE = {"rtol": 1e-4, "atol": 1e-5}  # float32, summed in another order


def mel_of(n_frames: int, n_mels: int) -> FloatArray:
    return RNG.uniform(-1, 1, size=(n_mels, n_frames)).astype(np.float32)


def encoder(**switches: object) -> AudioEncoder:
    return AudioEncoder(float_pack("tiny"), n_threads=1, **switches)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["tiny", "starter"])
@pytest.mark.parametrize("n_frames", [0, *EDGES])
def test_encode_gives_the_tokens_that_the_manifest_promises(name: str, n_frames: int) -> None:
    spec = pack(name).manifest.encoder
    encoder = AudioEncoder(pack(name), n_threads=1)
    embeds = encoder.encode(mel_of(n_frames, pack(name).manifest.mel.n_mels))
    assert embeds.shape == (spec.n_tokens(n_frames), spec.embed_dim)
    assert np.isfinite(embeds).all()


@pytest.mark.parametrize("n_frames", EDGES)
def test_frontend_batched_equals_one_by_one(n_frames: int) -> None:
    mel = mel_of(n_frames, 128)
    expected = encoder(frontend_batch=1).frontend(mel)
    for batch in (2, 3, 30):
        np.testing.assert_allclose(encoder(frontend_batch=batch).frontend(mel), expected, **CLOSE)


@pytest.mark.parametrize("n_frames", [801, 1600, 1701, 3000])
def test_backend_batched_windows_equal_one_by_one(n_frames: int) -> None:
    hidden = encoder().frontend(mel_of(n_frames, 128))
    batched = encoder(batch_windows=True).backend(hidden)
    single = encoder(batch_windows=False).backend(hidden)
    np.testing.assert_allclose(batched, single, **CLOSE)


@pytest.mark.parametrize("n_frames", [50, 799, 800])
def test_full_attention_equals_windowed_within_one_window(n_frames: int) -> None:
    mel = mel_of(n_frames, 128)
    full = encoder(attention="full").encode(mel)
    np.testing.assert_array_equal(full, encoder(attention="windowed").encode(mel))


def test_full_attention_differs_beyond_one_window() -> None:
    """What stands in the second window changes the first one: exactly what windows prevent."""
    mel = mel_of(1600, 128)
    other = mel.copy()
    other[:, 800:] = 0
    full = encoder(attention="full")
    assert not np.array_equal(full.encode(mel)[:104], full.encode(other)[:104])


def test_windows_do_not_see_each_other() -> None:
    mel = mel_of(1600, 128)
    other = mel.copy()
    other[:, 800:] = 0
    one, two = encoder(batch_windows=False).encode(mel), encoder(batch_windows=False).encode(other)
    np.testing.assert_array_equal(one[:104], two[:104])
    assert not np.allclose(one[104:], two[104:])


def test_encode_cancelled() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        encoder().encode(mel_of(300, 128), cancel)


def test_run_wrong_number_of_mels_is_an_error() -> None:
    with pytest.raises(EncoderError, match="frontend"):
        encoder().encode(mel_of(300, 7))


def test_providers_name_the_cpu() -> None:
    assert "CPUExecutionProvider" in providers()
