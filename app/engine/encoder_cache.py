"""The encoder for audio that grows: finished chunks and windows are computed once.

    mel [n_mels, n_frames] -> chunks as before? -> their hidden rows from the cache
                           -> windows as before? -> their embeddings from the cache
                           -> only the rest goes through ONNX Runtime

CRITICAL: the mel of a finished second is not final. Its floor lies 80 dB below the loudest bin of
the whole clip, so a louder sound later changes what was quiet before. Chunks are therefore compared
with what they were computed from: what is taken from the cache is, bit by bit, what the encoder
would have given (its results do not depend on the batch, models/quantize_int8.py).
"""

from __future__ import annotations

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.encoder import AudioEncoder
from app.engine.types import FloatArray


class CachedEncoder:
    """Encodes one clip again and again while it grows. Used by one thread only.

    Args:
        encoder: computes what is not in the cache.
        cache_chunks: keep the hidden rows of finished chunks.
        cache_windows: keep the embeddings of finished windows.
    """

    def __init__(
        self, encoder: AudioEncoder, *, cache_chunks: bool = True, cache_windows: bool = True
    ) -> None:
        self._encoder = encoder
        self._cache_chunks = cache_chunks
        self._cache_windows = cache_windows and encoder.window_rows is not None
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        spec = self._encoder.spec
        self._mel: FloatArray | None = None
        self._hidden = np.zeros((0, spec.d_model), np.float32)  # of whole chunks
        self._embeds = np.zeros((0, spec.embed_dim), np.float32)  # of whole windows
        self._heard = self._hidden  # what these embeddings were computed from

    def encode(self, mel: FloatArray, cancel: CancelToken | None = None) -> FloatArray:
        """Encode a whole clip: float32 [n_mels, n_frames] -> [n_tokens, embed_dim].

        Raises:
            EncoderError: ONNX Runtime failed. Cancelled: somebody stopped the work.
        """
        hidden = self._frontend(mel, cancel)
        return self._backend(hidden, cancel)

    def _frontend(self, mel: FloatArray, cancel: CancelToken | None) -> FloatArray:
        spec = self._encoder.spec
        n_frames, n_rows = spec.frontend.chunk_frames, spec.n_hidden(spec.frontend.chunk_frames)
        n_same = self._n_same_chunks(mel, n_frames)
        rest = self._encoder.frontend(mel, cancel, first_chunk=n_same)
        hidden = np.concatenate([self._hidden[: n_same * n_rows], rest])
        if self._cache_chunks:
            n_whole = mel.shape[1] // n_frames
            self._mel = mel[:, : n_whole * n_frames].copy()
            self._hidden = hidden[: n_whole * n_rows]
        return hidden

    def _n_same_chunks(self, mel: FloatArray, n_frames: int) -> int:
        """Count the chunks at the beginning that are as they were, bit by bit."""
        if self._mel is None:
            return 0
        n = min(mel.shape[1], self._mel.shape[1]) // n_frames
        differs = (mel[:, : n * n_frames] != self._mel[:, : n * n_frames]).any(axis=0)
        first = np.flatnonzero(differs)
        return int(first[0]) // n_frames if len(first) else n

    def _backend(self, hidden: FloatArray, cancel: CancelToken | None) -> FloatArray:
        n_rows, n_tokens = self._encoder.window_rows, self._encoder.spec.tokens_per_window
        if not self._cache_windows or n_rows is None:
            return self._encoder.backend(hidden, cancel)
        n_same = self._n_same_windows(hidden, n_rows)
        rest = self._encoder.backend(hidden[n_same * n_rows :], cancel)
        embeds = np.concatenate([self._embeds[: n_same * n_tokens], rest])
        n_whole = len(hidden) // n_rows
        self._heard = hidden[: n_whole * n_rows]
        self._embeds = embeds[: n_whole * n_tokens]
        return embeds

    def _n_same_windows(self, hidden: FloatArray, n_rows: int) -> int:
        n = min(len(hidden), len(self._heard)) // n_rows
        first = np.flatnonzero((hidden[: n * n_rows] != self._heard[: n * n_rows]).any(axis=1))
        return int(first[0]) // n_rows if len(first) else n
