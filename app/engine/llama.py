"""Thin, typed binding to llama.cpp: the only file that uses llama_cpp.

What goes in are paths, token ids and embeddings; what comes out are logits. Three things are done
here that llama-cpp-python's high-level class does not do: models are mapped from a slice of a
larger file, embeddings and tokens are prefilled in one batch, and a running llama_decode is aborted
from another thread. A graphics card takes part only if a model is told its device.

Abort: llama.cpp calls its abort callback before every node of the graph, about 900 times a token.
A Python callback there would take the GIL each time; C's ``strlen`` has the right shape
(pointer in, non-zero out) and, on the cancel flag's two bytes "\\x01\\0", says 1 = abort. Only the
processor is asked: what runs on a card is stopped between two calls of llama_decode.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.llama_binding import ggml_library, load_binding, load_processor_backend
from app.engine.llama_devices import (
    ComputeDevice,
    graphics_library,
    list_cards,
    list_devices,
    load_graphics_backend,
)
from app.engine.pack import Location
from app.engine.types import FloatArray
from app.errors import Cancelled, DecoderError, DeviceError

_log = logging.getLogger(__name__)
llama_cpp = load_binding()
_ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR; 5 goes on with a line of any level, such as a dot
_ABORTED = 2  # llama_decode's return value when its abort callback said yes
_ALL_LAYERS = -1
_MADV_DONTNEED = 4  # Linux: forget these pages; a read-only file mapping reads them again
_DEQUANTIZERS = {  # ggml type -> function of libggml-base (const void *row, float *out, int64 n)
    1: "ggml_fp16_to_fp32_row",
    2: "dequantize_row_q4_0",
    8: "dequantize_row_q8_0",
    12: "dequantize_row_q4_K",
    13: "dequantize_row_q5_K",
    14: "dequantize_row_q6_K",
    30: "ggml_bf16_to_fp32_row",
}


class _Log:
    """Sends llama.cpp's log lines to logging and remembers the last error for messages.

    Attributes:
        cancel: of the computation that runs; once it is set, "failed to decode" is no error.
    """

    def __init__(self) -> None:
        self.last_error = ""
        self.cancel: CancelToken | None = None
        self.callback = llama_cpp.llama_log_callback(self._on_line)  # must outlive the library

    def _on_line(self, level: int, text: bytes | None, _data: object) -> None:
        line = (text or b"").decode("utf-8", "replace").rstrip()
        is_wanted = self.cancel is not None and self.cancel.is_cancelled
        is_error = level == _ERROR_LEVEL and not is_wanted
        if is_error and line:
            self.last_error = line
        if line:
            _log.log(logging.ERROR if is_error else logging.DEBUG, "llama.cpp: %s", line)


_LOG = _Log()


def take_log() -> None:
    """Have llama.cpp tell us what it logs; importing the whole package takes that away again."""
    llama_cpp.llama_log_set(_LOG.callback, None)


def _start_library() -> None:
    take_log()
    load_processor_backend(llama_cpp)
    llama_cpp.llama_backend_init()


_start_library()


def system_info() -> str:
    """Describe what llama.cpp was built with and uses on this processor."""
    return bytes(llama_cpp.llama_print_system_info()).decode("utf-8", "replace").strip()


def devices() -> list[tuple[str, bool]]:
    """List what llama.cpp could compute on here: (name, whether it is the processor)."""
    return [(device.name, not device.is_card) for device in list_devices(llama_cpp)]


def graphics_cards() -> list[ComputeDevice]:
    """List the graphics cards, which loads their drivers into this process."""
    load_graphics_backend(llama_cpp)
    return list_cards(llama_cpp)


def has_graphics_library() -> bool:
    """Whether this Songshu was built for graphics cards at all."""
    return graphics_library(llama_cpp) is not None


def graphics_card(number: int) -> ComputeDevice:
    """Give a graphics card by its number.

    Raises:
        DeviceError: there is none.
    """
    cards = graphics_cards()
    if number >= len(cards):
        built = "no graphics card with a Vulkan driver has this number"
        reason = built if has_graphics_library() else "this Songshu is built for the processor"
        raise DeviceError(f"vulkan:{number}", reason)
    return cards[number]


class LlamaModel:
    """Weights and vocabulary of a GGUF, memory-mapped.

    Args:
        location: where the GGUF lies: a file, or a slice of one.
        card: graphics card that takes all layers; None computes on the processor alone.

    Raises:
        DecoderError: llama.cpp cannot load it.
    """

    def __init__(self, location: Location, card: ComputeDevice | None = None) -> None:
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = _ALL_LAYERS if card is not None else 0
        # An empty list, not none: llama.cpp gives the large products of a model on the processor to
        # any card that is registered, and one may be from a model before.
        chosen = (ctypes.c_void_p * 2)(card.handle if card is not None else None, None)
        params.devices = ctypes.cast(chosen, ctypes.c_void_p)
        params.load_mode = llama_cpp.LLAMA_LOAD_MODE_MMAP
        _LOG.last_error = ""
        with _open_stream(location) as stream:
            self.handle = llama_cpp.llama_model_load_from_file_ptr(stream, params)
        if not self.handle:
            raise DecoderError("load", _LOG.last_error or f"{location.path} is no usable GGUF")
        if card is None:
            _give_back_pages(location.path)  # a card's driver may have taken the mapping itself
        self._vocab = llama_cpp.llama_model_get_vocab(self.handle)
        self.n_vocab = int(llama_cpp.llama_vocab_n_tokens(self._vocab))
        self.n_embd = int(llama_cpp.llama_model_n_embd(self.handle))

    def close(self) -> None:
        """Free the weights; contexts must be closed before."""
        if self.handle:
            llama_cpp.llama_model_free(self.handle)
            self.handle = None

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Split text into token ids.

        Args:
            text: any text.
            special: recognise special tokens such as ``<asr_text>``; off for people's text.
        """
        data = text.encode("utf-8", "replace")
        ids = (llama_cpp.llama_token * (len(data) + 8))()
        n = llama_cpp.llama_tokenize(self._vocab, data, len(data), ids, len(ids), False, special)
        return list(ids[:n])

    def piece(self, token_id: int) -> bytes:
        """Give the bytes of one token; may be a part of a character.

        Control tokens give nothing, as in the official decoding; ``<asr_text>`` is none of them.
        """
        buffer = ctypes.create_string_buffer(256)
        n = llama_cpp.llama_token_to_piece(self._vocab, token_id, buffer, len(buffer), 0, False)
        return buffer.raw[: max(0, n)]


class LlamaContext:
    """A KV cache and the computation over it. Used by one thread only.

    Args:
        model: loaded weights; must outlive the context.
        n_ctx: positions of the KV cache.
        n_threads: threads of llama.cpp.
        flash_attention: see docs/PERFORMANCE.md for what it costs and gains.
        n_outputs: most positions of one call whose logits are kept. Each costs two rows of n_vocab
            floats: 1.2 MB for the vocabulary of 151,936.
    """

    def __init__(
        self,
        model: LlamaModel,
        *,
        n_ctx: int,
        n_threads: int,
        flash_attention: bool,
        n_outputs: int = 1,
    ) -> None:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = n_ctx
        params.n_batch = n_ctx
        params.n_outputs_max = n_outputs  # else room is made for n_batch of them
        params.n_threads = params.n_threads_batch = n_threads
        params.flash_attn_type = int(flash_attention)
        params.no_perf = True
        _LOG.last_error = ""
        self.n_ctx = n_ctx
        self.n_outputs = n_outputs
        self._model = model
        self.handle = llama_cpp.llama_init_from_model(model.handle, params)
        if not self.handle:
            raise DecoderError("reserve memory", _LOG.last_error or f"n_ctx {n_ctx}")
        self._memory = llama_cpp.llama_get_memory(self.handle)
        self._cancel: CancelToken | None = None

    def close(self) -> None:
        """Free the KV cache."""
        if self.handle:
            llama_cpp.llama_free(self.handle)
            self.handle = None

    def watch(self, cancel: CancelToken | None) -> None:
        """Let a cancel token abort whatever llama_decode does from now on."""
        self._cancel = cancel
        callback = _STRLEN if cancel is not None else _NO_CALLBACK
        address = cancel.address if cancel is not None else None
        llama_cpp.llama_set_abort_callback(self.handle, callback, address)

    def keep(self, n_positions: int) -> None:
        """Drop everything from the KV cache but its first n_positions."""
        llama_cpp.llama_memory_seq_rm(self._memory, 0, n_positions, -1)

    def decode_embeddings(self, rows: FloatArray, start: int, n_outputs: int = 1) -> None:
        """Append embeddings to the KV cache and compute the logits of the last ones.

        Args:
            rows: float32 [n, n_embd].
            start: position of the first row.
            n_outputs: so many rows at the end give logits.

        Raises:
            DecoderError, Cancelled.
        """
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        batch = llama_cpp.llama_batch_init(len(rows), rows.shape[1], 1)
        try:
            ctypes.memmove(batch.embd, rows.ctypes.data, rows.nbytes)
            self._run(batch, len(rows), start, n_outputs)
        finally:
            llama_cpp.llama_batch_free(batch)

    def decode_tokens(self, token_ids: Sequence[int], start: int, n_outputs: int = 1) -> None:
        """Append tokens to the KV cache and compute the logits of the last ones.

        Raises:
            DecoderError, Cancelled.
        """
        batch = llama_cpp.llama_batch_init(len(token_ids), 0, 1)
        try:
            for i, token_id in enumerate(token_ids):
                batch.token[i] = token_id
            self._run(batch, len(token_ids), start, n_outputs)
        finally:
            llama_cpp.llama_batch_free(batch)

    def logits(self, index: int = -1) -> FloatArray:
        """Give the logits after one position of the last call; valid until the next call.

        Args:
            index: -1 for the last position, -2 for the one before, and so on.

        Returns:
            float32 [n_vocab].
        """
        pointer = llama_cpp.llama_get_logits_ith(self.handle, index)
        return np.ctypeslib.as_array(pointer, (self._model.n_vocab,))

    def _run(self, batch: Any, n: int, start: int, n_outputs: int) -> None:
        assert 0 < n_outputs <= self.n_outputs, f"{n_outputs} outputs, room for {self.n_outputs}"
        batch.n_tokens = n
        for i in range(n):
            batch.pos[i] = start + i
            batch.n_seq_id[i] = 1
            batch.seq_id[i][0] = 0
            batch.logits[i] = i >= n - n_outputs
        _LOG.cancel, _LOG.last_error = self._cancel, ""
        try:
            status = llama_cpp.llama_decode(self.handle, batch)
        finally:
            _LOG.cancel = None
        if status == _ABORTED and self._cancel is not None and self._cancel.is_cancelled:
            raise Cancelled
        if status != 0:
            raise DecoderError("compute", _LOG.last_error or f"llama_decode returned {status}")


def dequantize(rows: bytes, ggml_type: int, n: int) -> FloatArray:
    """Turn quantised values of a GGUF into float32, by ggml's own functions.

    Args:
        rows: whole blocks, as they lie in the file.
        ggml_type: number of their ggml type.
        n: values in them.

    Returns:
        float32 [n].

    Raises:
        DecoderError: a type that ggml offers no function for.
    """
    if ggml_type == 0:
        return np.frombuffer(rows, dtype=np.float32, count=n)
    name = _DEQUANTIZERS.get(ggml_type)
    if name is None:
        raise DecoderError("read embeddings", f"ggml type {ggml_type} is not supported")
    out = np.empty(n, dtype=np.float32)
    function = getattr(_ggml("ggml-base"), name)
    function.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int64]
    function.restype = None
    function(rows, out.ctypes.data, n)
    return out


def _ggml(part: str) -> ctypes.CDLL:
    return ggml_library(llama_cpp, part)


def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)


_STRLEN = ctypes.cast(_c_library().strlen, llama_cpp.ggml_abort_callback)
_NO_CALLBACK = llama_cpp.ggml_abort_callback()  # a null pointer: nothing is asked


def _give_back_pages(path: Path) -> None:
    """Drop the pages of a mapped model from our memory; what is still needed is mapped in again.

    llama.cpp repacks most weights for the processor while it loads them, and never looks at the
    mapped originals again: 370 MB of the 0.6B model that would count as ours.
    """
    if not sys.platform.startswith("linux"):
        return
    libc = _c_library()
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    suffix = " " + str(path.resolve())
    with Path("/proc/self/maps").open(encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            if line.rstrip("\n").endswith(suffix):
                start, end = (int(item, 16) for item in line.split(" ", 1)[0].split("-"))
                libc.madvise(start, end - start, _MADV_DONTNEED)


@contextlib.contextmanager
def _open_stream(location: Location) -> Any:
    """Open a C FILE* at the start of the slice; llama.cpp keeps its own mapping."""
    libc = _c_library()
    libc.fopen.restype = ctypes.c_void_p
    libc.fclose.argtypes = [ctypes.c_void_p]
    if sys.platform == "win32":
        libc._wfopen.restype = ctypes.c_void_p
        stream = libc._wfopen(ctypes.c_wchar_p(str(location.path)), ctypes.c_wchar_p("rb"))
        seek = libc._fseeki64
    else:
        stream = libc.fopen(os.fsencode(location.path), b"rb")
        seek = libc.fseeko
    if not stream:
        raise DecoderError("load", f"{location.path} cannot be opened")
    try:
        seek.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int]
        if seek(stream, location.offset, 0) != 0:
            raise DecoderError("load", f"{location.path} ends before byte {location.offset:,}")
        yield stream
    finally:
        libc.fclose(stream)
