"""llama.cpp's own multimodal path: libmtmd, which lies in the llama-cpp-python wheel.

What ``llama-mtmd-cli`` does for one audio file, call by call, so that the stages can be timed:
mtmd_tokenize (its log-mel is computed there), then chunk by chunk mtmd_encode_chunk and the decode
of text and embeddings, then greedy generation. The prompt is ours, not its chat template's, so that
both sides prefill the same text. Known differences from the official package: a clip of a whole
multiple of 8 s gets one window more (13 tokens), the last partial chunk is never trimmed.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from typing import Any

import llama_cpp
import numpy as np
from llama_cpp import mtmd_cpp as mtmd

from app.engine.types import FloatArray
from app.errors import DecoderError
from models.bench.engines.llama import new_context
from models.bench.figures import Pass, Task

BEFORE = "<|im_start|>system\n<|im_end|>\n<|im_start|>user\n"
AFTER = "<|im_end|>\n<|im_start|>assistant\n"  # libmtmd itself puts <|audio_start|> and _end
N_BATCH = 2048  # llama.cpp's default
FRAMES_PER_CHUNK = 100  # mel frames that become 13 tokens
TOKENS_PER_CHUNK = 13
PROMPT_ROOM = 256  # tokens for the text around the audio, with any tokenizer
HOP_LENGTH = 160  # samples between mel frames
_NO_CALLBACK = mtmd.mtmd_helper_post_decode_callback()  # a null pointer


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _be_quiet(_level: int, _text: bytes, _data: object) -> None:
    """Take llama.cpp's log lines and drop them."""


class MtmdEngine:
    """A text model with its audio projector."""

    def __init__(self, task: Task) -> None:
        for set_log in (llama_cpp.llama_log_set, mtmd.mtmd_log_set, mtmd.mtmd_helper_log_set):
            set_log(_be_quiet, None)
        llama_cpp.llama_backend_init()
        self._n_threads = task.n_threads
        self._model = _load_model(task.text_gguf)
        self._media = _load_projector(task.mmproj_gguf, self._model, task.n_threads)
        self._context: Any = None
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)
        self._n_vocab = int(llama_cpp.llama_vocab_n_tokens(self._vocab))
        self.versions = {"llama-cpp-python": llama_cpp.__version__}

    def run(self, waveform: FloatArray, n_tokens: int) -> Pass:
        """Recognise a waveform and time the stages."""
        self._make_room(len(waveform), n_tokens)
        started = time.perf_counter()
        chunks = _tokenize(self._media, waveform)
        mel_s = time.perf_counter() - started
        try:
            encode_s, n_prompt = self._evaluate(chunks)
        finally:
            mtmd.mtmd_input_chunks_free(chunks)
        prefilled = time.perf_counter()
        ids = self._generate(n_tokens)
        ended = time.perf_counter()
        return Pass(
            mel_s=mel_s,
            encode_s=encode_s,
            prefill_s=prefilled - started - mel_s - encode_s,
            generate_s=ended - prefilled,
            total_s=ended - started,
            n_prompt_tokens=n_prompt,
            n_new_tokens=len(ids),
            text=b"".join(map(self._piece, ids)).decode("utf-8", "replace"),
        )

    def encode(self, waveform: FloatArray) -> list[FloatArray]:
        """Give what the audio encoder makes of a waveform: one [n_tokens, embed_dim] per window."""
        windows = []
        chunks = _tokenize(self._media, waveform)
        width = int(llama_cpp.llama_model_n_embd(self._model))
        for i in range(mtmd.mtmd_input_chunks_size(chunks)):
            chunk = mtmd.mtmd_input_chunks_get(chunks, i)
            if mtmd.mtmd_input_chunk_get_type(chunk) != mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                _check("encode", mtmd.mtmd_encode_chunk(self._media, chunk))
                shape = (int(mtmd.mtmd_input_chunk_get_n_tokens(chunk)), width)
                rows = np.ctypeslib.as_array(mtmd.mtmd_get_output_embd(self._media), shape)
                windows.append(rows.copy())
        mtmd.mtmd_input_chunks_free(chunks)
        return windows

    def _make_room(self, n_samples: int, n_tokens: int) -> None:
        if self._context is None:
            n_chunks = n_samples // HOP_LENGTH // FRAMES_PER_CHUNK + 2
            n_positions = n_chunks * TOKENS_PER_CHUNK + PROMPT_ROOM + n_tokens
            self._context = new_context(self._model, n_positions, self._n_threads)
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), True)

    def _evaluate(self, chunks: Any) -> tuple[float, int]:
        """Encode and prefill all chunks; gives the seconds of encoding and the prompt's tokens."""
        encode_s = 0.0
        position = llama_cpp.llama_pos(0)
        n_chunks = mtmd.mtmd_input_chunks_size(chunks)
        for i in range(n_chunks):
            chunk = mtmd.mtmd_input_chunks_get(chunks, i)
            if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                self._prefill_text(chunk, position, is_last=i + 1 == n_chunks)
                continue
            started = time.perf_counter()
            _check("encode", mtmd.mtmd_encode_chunk(self._media, chunk))
            encode_s += time.perf_counter() - started
            self._prefill_audio(chunk, position)
        return encode_s, int(mtmd.mtmd_helper_get_n_tokens(chunks))

    def _prefill_text(self, chunk: Any, position: Any, *, is_last: bool) -> None:
        after = llama_cpp.llama_pos(position.value)
        status = mtmd.mtmd_helper_eval_chunk_single(
            self._media,
            self._context,
            chunk,
            position,
            0,
            N_BATCH,
            is_last,
            ctypes.byref(after),
        )
        _check("prefill text", status)
        position.value = after.value

    def _prefill_audio(self, chunk: Any, position: Any) -> None:
        after = llama_cpp.llama_pos(position.value)
        status = mtmd.mtmd_helper_decode_image_chunk(
            self._media,
            self._context,
            chunk,
            mtmd.mtmd_get_output_embd(self._media),
            position,
            0,
            N_BATCH,
            ctypes.byref(after),
            _NO_CALLBACK,
            None,
        )
        _check("prefill audio", status)
        position.value = after.value

    def _generate(self, n_tokens: int) -> list[int]:
        return list(_greedy(self._context, self._n_vocab, n_tokens))

    def _piece(self, token_id: int) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        n = llama_cpp.llama_token_to_piece(self._vocab, token_id, buffer, len(buffer), 0, True)
        return buffer.raw[: max(0, n)]


def _greedy(context: Any, n_vocab: int, n_tokens: int) -> Iterator[int]:
    """Choose the most probable token n_tokens times; the first comes out of the prefill."""
    for i in range(n_tokens):
        logits = llama_cpp.llama_get_logits_ith(context, -1)
        token_id = int(np.ctypeslib.as_array(logits, (n_vocab,)).argmax())
        yield token_id
        if i + 1 < n_tokens:
            ids = (llama_cpp.llama_token * 1)(token_id)  # a batch only points at its ids
            batch = llama_cpp.llama_batch_get_one(ids, 1)
            _check("generate", llama_cpp.llama_decode(context, batch))


def _tokenize(media: Any, waveform: FloatArray) -> Any:
    """Compute log-mel and split prompt and audio into chunks, which the caller frees."""
    samples = np.ascontiguousarray(waveform, dtype=np.float32)
    pointer = samples.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    bitmap = mtmd.mtmd_bitmap_init_from_audio(len(samples), pointer)
    marker = mtmd.mtmd_default_marker().decode()
    prompt = (BEFORE + marker + AFTER).encode()
    text = mtmd.mtmd_input_text(prompt, len(prompt), False, True)
    chunks = mtmd.mtmd_input_chunks_init()
    bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
    status = mtmd.mtmd_tokenize(media, chunks, ctypes.byref(text), bitmaps, 1)
    mtmd.mtmd_bitmap_free(bitmap)
    _check("tokenize", status)
    return chunks


def _load_model(path: str) -> Any:
    params = llama_cpp.llama_model_default_params()
    params.n_gpu_layers = 0
    model = llama_cpp.llama_model_load_from_file(path.encode(), params)
    if not model:
        raise DecoderError("load", f"llama.cpp does not take {path}")
    return model


def _load_projector(path: str, model: Any, n_threads: int) -> Any:
    params = mtmd.mtmd_context_params_default()
    params.use_gpu = False
    params.print_timings = False
    params.n_threads = n_threads
    media = mtmd.mtmd_init_from_file(path.encode(), model, params)
    if not media:
        raise DecoderError("load", f"libmtmd does not take {path}")
    return media


def _check(step: str, status: int) -> None:
    if status != 0:
        raise DecoderError(step, f"llama.cpp returned {status}")


def load(task: Task) -> MtmdEngine:
    """Load the two GGUFs of a task."""
    return MtmdEngine(task)
