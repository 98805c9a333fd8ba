"""The encoder's cache: bit by bit what the encoder gives, for less work."""

from __future__ import annotations

import numpy as np
import pytest

from app.engine.cancel import CancelToken
from app.engine.encoder import AudioEncoder
from app.engine.encoder_cache import CachedEncoder
from app.engine.mel import MelExtractor
from app.engine.types import FloatArray
from app.errors import Cancelled
from tests.packs import pack

RNG = np.random.default_rng(7)
SOUND = RNG.uniform(-1, 1, size=(128, 1750)).astype(np.float32)
LENGTHS = [50, 99, 100, 101, 230, 799, 800, 801, 1005, 1600, 1650, 1750]  # mel frames


class CountingEncoder(AudioEncoder):
    """Notes how many mel frames and hidden rows are really computed."""

    n_frames = 0
    n_rows = 0

    def frontend(
        self, mel: FloatArray, cancel: CancelToken | None = None, *, first_chunk: int = 0
    ) -> FloatArray:
        self.n_frames += mel.shape[1] - 100 * first_chunk
        return super().frontend(mel, cancel, first_chunk=first_chunk)

    def backend(self, hidden: FloatArray, cancel: CancelToken | None = None) -> FloatArray:
        self.n_rows += len(hidden)
        return super().backend(hidden, cancel)


def encoder(name: str = "tiny", attention: str | None = None) -> CountingEncoder:
    return CountingEncoder(pack(name), n_threads=1, attention=attention)


@pytest.mark.parametrize("attention", ["windowed", "full"])
@pytest.mark.parametrize(("chunks", "windows"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_encode_growing_sound_equals_the_encoder(
    chunks: bool, windows: bool, attention: str
) -> None:
    plain = encoder(attention=attention)
    cached = CachedEncoder(plain, cache_chunks=chunks, cache_windows=windows)
    for n_frames in LENGTHS:
        mel = SOUND[:, :n_frames]
        np.testing.assert_array_equal(cached.encode(mel), plain.encode(mel))


def test_encode_computes_finished_chunks_and_windows_once() -> None:
    counting = encoder()
    cached = CachedEncoder(counting)
    cached.encode(SOUND[:, :850])
    counting.n_frames = counting.n_rows = 0
    cached.encode(SOUND[:, :1050])
    assert counting.n_frames == 1050 - 800
    assert counting.n_rows == 33  # 104 of them are known: ceil(250 / 8) + 1


def test_encode_a_changed_chunk_is_computed_again() -> None:
    plain = encoder()
    cached = CachedEncoder(encoder())
    cached.encode(SOUND[:, :1650])
    changed = SOUND[:, :1700].copy()
    changed[3, 950] += 0.01  # in the tenth chunk, second window
    plain.n_frames = plain.n_rows = 0
    np.testing.assert_array_equal(cached.encode(changed), plain.encode(changed))


def test_encode_a_louder_sound_later_changes_what_was_quiet() -> None:
    """The floor of the mel follows the loudest sound of the clip; the cache must notice."""
    quiet = RNG.normal(scale=1e-5, size=16_000 * 3).astype(np.float32)
    loud = RNG.normal(scale=0.3, size=16_000).astype(np.float32)
    mels = MelExtractor(pack("tiny").mel_filters())
    plain, cached = encoder(), CachedEncoder(encoder())
    whole = mels(np.concatenate([quiet, loud]))
    assert not np.array_equal(mels(quiet)[:, :200], whole[:, :200])
    cached.encode(mels(quiet))
    np.testing.assert_array_equal(cached.encode(whole), plain.encode(whole))


def test_encode_shorter_sound_after_longer() -> None:
    plain, cached = encoder(), CachedEncoder(encoder())
    cached.encode(SOUND)
    for n_frames in (1700, 850, 100, 0):
        mel = SOUND[:, :n_frames]
        np.testing.assert_array_equal(cached.encode(mel), plain.encode(mel))


def test_encode_one_window_of_30_s() -> None:
    """The starter's whole clip is one chunk and one window: there is nothing to keep."""
    plain = encoder("starter")
    cached = CachedEncoder(plain)
    sound = RNG.uniform(-1, 1, size=(80, 900)).astype(np.float32)
    for n_frames in (450, 900):
        mel = sound[:, :n_frames]
        np.testing.assert_array_equal(cached.encode(mel), plain.encode(mel))


def test_encode_cancelled_leaves_no_trace() -> None:
    plain, cached = encoder(), CachedEncoder(encoder())
    cached.encode(SOUND[:, :850])
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        cached.encode(SOUND[:, :1650], cancel)
    np.testing.assert_array_equal(cached.encode(SOUND), plain.encode(SOUND))
