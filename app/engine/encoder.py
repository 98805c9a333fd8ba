"""Audio encoder: log-mel in, audio embeddings for the decoder out, through ONNX Runtime.

    mel [n_mels, n_frames] -> frontend, chunk by chunk -> hidden [n_hidden, d_model]
                           -> backend, window by window -> audio_embeds [n_tokens, embed_dim]

Chunk and window lengths come from the pack's manifest. Two optimisations, each with a switch:
full chunks go through the frontend in small batches (2 are as fast as 30 and need a fifth of the
memory), and all full windows go through the backend in one batch. A partial window is run at its
real length: nothing is padded to 30 or 40 s. This is the only file that imports onnxruntime for
the model.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnxruntime

from app.engine.cancel import CancelToken
from app.engine.manifest import EncoderSpec
from app.engine.pack import Pack
from app.engine.types import FloatArray
from app.errors import EncoderError

_log = logging.getLogger(__name__)
_PROCESSOR = "CPUExecutionProvider"


def providers() -> list[str]:
    """Name the execution providers that this ONNX Runtime offers."""
    return list(onnxruntime.get_available_providers())


class AudioEncoder:
    """Runs the two halves of a pack's encoder.

    Args:
        pack: where the ONNX files lie.
        n_threads: threads of ONNX Runtime within one operator.
        attention: "windowed" or "full"; by default what the pack says.
        frontend_batch: chunks per run of the frontend.
        batch_windows: run all full windows in one batch, or one by one.
        provider: ONNX Runtime's name of what computes; what it cannot do, and everything without
            it, is left to the processor.

    Raises:
        EncoderError: ONNX Runtime cannot load a part, or has no such provider.
        PackCorruptError: a part is missing.
    """

    def __init__(
        self,
        pack: Pack,
        *,
        n_threads: int,
        attention: str | None = None,
        frontend_batch: int = 2,
        batch_windows: bool = True,
        provider: str | None = None,
    ) -> None:
        self.spec: EncoderSpec = pack.manifest.encoder
        self._attention = attention or self.spec.attention
        self._frontend_batch = frontend_batch
        self._batch_windows = batch_windows
        settings = _SessionSettings(n_threads, provider)
        self._frontend = _Session(pack, self.spec.frontend.file, "frontend", settings)
        self._backend = _Session(pack, self.spec.backend.file, "backend", settings)

    def encode(self, mel: FloatArray, cancel: CancelToken | None = None) -> FloatArray:
        """Encode a whole clip.

        Args:
            mel: float32 [n_mels, n_frames].
            cancel: checked between runs.

        Returns:
            float32 [n_tokens, embed_dim].

        Raises:
            EncoderError: ONNX Runtime failed. Cancelled: somebody stopped the work.
        """
        return self.backend(self.frontend(mel, cancel), cancel)

    @property
    def window_rows(self) -> int | None:
        """Hidden rows of a full window; None if the whole clip is one window."""
        if self._attention == "full":
            return None
        n_chunks = self.spec.backend.window_frames // self.spec.frontend.chunk_frames
        return n_chunks * self.spec.n_hidden(self.spec.frontend.chunk_frames)

    def frontend(
        self, mel: FloatArray, cancel: CancelToken | None = None, *, first_chunk: int = 0
    ) -> FloatArray:
        """Run the convolutional half: float32 [n_mels, n_frames] -> [n_hidden, d_model].

        Args:
            mel: of a whole clip.
            cancel: checked between runs.
            first_chunk: leave out the rows of the chunks before this one.
        """
        parts = []
        for batch, n_rows in self._chunk_batches(mel, first_chunk):
            _check(cancel)
            hidden = self._frontend.run(batch)  # [n_chunks, n_hidden, d_model]
            parts.append(hidden.reshape(-1, hidden.shape[-1])[:n_rows])
        return _stack(parts, self.spec.d_model)

    def backend(self, hidden: FloatArray, cancel: CancelToken | None = None) -> FloatArray:
        """Run the transformer half: float32 [n_hidden, d_model] -> [n_tokens, embed_dim]."""
        parts = []
        for batch in self._window_batches(hidden):
            _check(cancel)
            embeds = self._backend.run(batch)  # [n_windows, n_tokens, embed_dim]
            parts.append(embeds.reshape(-1, embeds.shape[-1]))
        return _stack(parts, self.spec.embed_dim)

    def _chunk_batches(self, mel: FloatArray, first_chunk: int) -> Iterator[tuple[FloatArray, int]]:
        """Yield batches float32 [n_chunks, n_mels, chunk_frames] and their real rows."""
        chunk = self.spec.frontend.chunk_frames
        n_full, tail_frames = divmod(mel.shape[1], chunk)
        if tail_frames and n_full and self.spec.frontend.pad_tail:
            mel = np.pad(mel, ((0, 0), (0, chunk - tail_frames)))
        whole = mel.shape[1] // chunk
        chunks = mel[:, : whole * chunk].reshape(mel.shape[0], whole, chunk).swapaxes(0, 1)
        n_rows = self.spec.n_hidden(chunk)
        left = n_full * n_rows + (self.spec.n_hidden(tail_frames) if whole > n_full else 0)
        left -= first_chunk * n_rows
        for start in range(first_chunk, whole, self._frontend_batch):
            batch = chunks[start : start + self._frontend_batch]
            yield batch, min(left, len(batch) * n_rows)
            left -= len(batch) * n_rows
        if tail_frames and whole == n_full:
            tail = mel[None, :, n_full * chunk :]
            yield tail, self.spec.n_hidden(tail_frames)

    def _window_batches(self, hidden: FloatArray) -> Iterator[FloatArray]:
        """Yield batches float32 [n_windows, n_hidden, d_model]."""
        if not len(hidden):
            return
        window = self.window_rows
        if window is None:
            yield hidden[None]
            return
        n_full = len(hidden) // window
        full = hidden[: n_full * window].reshape(n_full, window, hidden.shape[1])
        step = max(1, n_full) if self._batch_windows else 1
        for start in range(0, n_full, step):
            yield full[start : start + step]
        if n_full * window < len(hidden):
            yield hidden[None, n_full * window :]


@dataclass(frozen=True, slots=True)
class _SessionSettings:
    """What both halves have in common."""

    n_threads: int
    provider: str | None

    @property
    def providers(self) -> list[str]:
        """What may compute, first come first."""
        return [self.provider, _PROCESSOR] if self.provider else [_PROCESSOR]

    def options(self) -> onnxruntime.SessionOptions:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.n_threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # llama.cpp shares the cores: threads that spin after a run slow it down
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if self.provider == "DmlExecutionProvider":
            options.enable_mem_pattern = False  # DirectML refuses to start with it
        return options


class _Session:
    """One ONNX graph with one input and one output."""

    def __init__(self, pack: Pack, file: str, part: str, settings: _SessionSettings) -> None:
        self._part = part
        location = pack.locate(file)
        whole_file = location.offset == 0 and location.path.stat().st_size == location.n_bytes
        model = str(location.path) if whole_file else pack.read_bytes(file)
        if settings.provider is not None and settings.provider not in providers():
            raise EncoderError(part, f"this ONNX Runtime has no {settings.provider}")
        if settings.provider == "CUDAExecutionProvider":
            _load_nvidia_libraries()
        try:
            self._session = onnxruntime.InferenceSession(
                model, settings.options(), providers=settings.providers
            )
        except Exception as exc:  # ONNX Runtime's errors share no public base class
            raise EncoderError(part, f"{type(exc).__name__}: {exc}") from exc
        if settings.provider not in (None, *self._session.get_providers()):
            raise EncoderError(part, f"{settings.provider} did not start")  # it goes on without
        # kept only for a fallback to other providers: 180 MB of the 0.6B model
        self._session._model_bytes = None
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: FloatArray) -> FloatArray:
        try:
            outputs = self._session.run(None, {self._input: np.ascontiguousarray(batch)})
        except Exception as exc:
            raise EncoderError(self._part, f"{type(exc).__name__}: {exc}") from exc
        result: FloatArray = outputs[0]
        return result


def _load_nvidia_libraries() -> None:
    """Load CUDA and cuDNN from their wheels, where ONNX Runtime would not look for them."""
    with contextlib.redirect_stdout(io.StringIO()):  # it prints what it does not find
        onnxruntime.preload_dlls()


def _check(cancel: CancelToken | None) -> None:
    if cancel is not None:
        cancel.check()


def _stack(parts: list[FloatArray], width: int) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros((0, width), dtype=np.float32)
