"""llama.cpp alone: the prefill and the generation of the same clip, with nothing of ours around.

One llama_decode for the prompt (token ids instead of audio: the work is the same), then one
llama_decode per token in a tight loop, without choosing tokens or making text. All parameters of
the context are llama.cpp's own defaults but the sizes and the number of threads. What our decoder
needs more than this is ours to save.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp

from app.engine.llama import LlamaModel
from app.engine.pack import Pack, open_pack
from app.engine.prompt import PromptBuilder
from app.engine.types import FloatArray
from app.errors import DecoderError
from models.bench.figures import Pass, Task

CTX_STEP = 256  # llama.cpp pads its KV cache to this many positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The prompt of the clip, in tokens."""

    n_before: int
    n_audio: int
    n_after: int

    @property
    def n_prompt(self) -> int:
        """All tokens of the prompt."""
        return self.n_before + self.n_audio + self.n_after


class LlamaAlone:
    """A context with llama.cpp's defaults over the pack's GGUF."""

    def __init__(self, pack: Pack, n_threads: int) -> None:
        self._pack = pack
        self._n_threads = n_threads
        self._model = LlamaModel(pack.locate(pack.manifest.decoder.file))
        self._context: Any = None
        self.versions = {"llama-cpp-python": llama_cpp.__version__}

    def run(self, waveform: FloatArray, n_tokens: int) -> Pass:
        """Decode as many tokens as the clip would need."""
        sizes = self._sizes(len(waveform))
        if self._context is None:
            self._context = new_context(
                self._model.handle, sizes.n_prompt + n_tokens, self._n_threads
            )
        ids = [1 + i % (self._model.n_vocab - 1) for i in range(sizes.n_prompt)]
        started = time.perf_counter()
        decode_prompt(self._context, ids)
        prefilled = time.perf_counter()
        decode_alone(self._context, n_tokens - 1)
        ended = time.perf_counter()
        return Pass(
            prefill_s=prefilled - started,
            generate_s=ended - prefilled,
            total_s=ended - started,
            n_prompt_tokens=sizes.n_prompt,
            n_new_tokens=n_tokens,
            native_s=ended - started,
        )

    def _sizes(self, n_samples: int) -> Sizes:
        manifest = self._pack.manifest
        prompt = PromptBuilder(manifest.tokens, self._model.tokenize).build()
        n_audio = manifest.encoder.n_tokens(n_samples // manifest.mel.hop_length)
        return Sizes(n_before=len(prompt.before), n_audio=n_audio, n_after=len(prompt.after))


def new_context(model: Any, n_positions: int, n_threads: int) -> Any:
    """Make a context with room for n_positions and llama.cpp's defaults for all else."""
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = -(-n_positions // CTX_STEP) * CTX_STEP
    params.n_threads = params.n_threads_batch = n_threads
    context = llama_cpp.llama_init_from_model(model, params)
    if not context:
        raise DecoderError("reserve memory", f"n_ctx {params.n_ctx}")
    return context


def decode_prompt(context: Any, ids: list[int]) -> None:
    """Empty the KV cache and prefill token ids as one batch; logits of the last one only."""
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    tokens = (llama_cpp.llama_token * len(ids))(*ids)  # a batch only points at its ids
    batch = llama_cpp.llama_batch_get_one(tokens, len(ids))
    _check("prefill", llama_cpp.llama_decode(context, batch))


def decode_alone(context: Any, n_tokens: int) -> None:
    """Decode one token after another, always the same one."""
    token = (llama_cpp.llama_token * 1)(1)
    for _ in range(n_tokens):
        batch = llama_cpp.llama_batch_get_one(token, 1)
        _check("generate", llama_cpp.llama_decode(context, batch))


def _check(step: str, status: int) -> None:
    if status != 0:
        raise DecoderError(step, f"llama_decode returned {status}")


def load(task: Task) -> LlamaAlone:
    """Load the GGUF of the pack of a task."""
    return LlamaAlone(open_pack(Path(task.pack)), task.n_threads)
