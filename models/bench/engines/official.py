"""The official package (qwen-asr 0.0.6 on transformers), with its own classes and defaults.

Runs in the environment that holds torch, so it imports nothing of ours that needs more than NumPy.
Stages are timed by hooks: the audio tower's own call is the encoder, the first forward pass without
it the prefill, all later passes the generation. ``min_new_tokens`` keeps it from ending early.
"""

from __future__ import annotations

import os
import time
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import transformers

from models.bench.figures import Pass, Task
from models.reference.official import import_backend

import_backend()  # first, for it stands in for what qwen_asr needs and nothing here uses
import qwen_asr  # noqa: E402

DTYPES = {"official-fp32": torch.float32, "official-bf16": torch.bfloat16}


class StageHooks:
    """Notes when the audio tower starts and ends, and when the first forward pass ends."""

    def __init__(self, thinker: Any) -> None:
        self._tower_started = 0.0
        self.encode_s = 0.0
        self.first_forward_end = 0.0
        thinker.audio_tower.register_forward_pre_hook(self._before_tower)
        thinker.audio_tower.register_forward_hook(self._after_tower)
        thinker.register_forward_hook(self._after_forward)

    def reset(self) -> None:
        """Begin a new pass."""
        self.encode_s = self.first_forward_end = 0.0

    def _before_tower(self, *_: Any) -> None:
        self._tower_started = time.perf_counter()

    def _after_tower(self, *_: Any) -> None:
        self.encode_s += time.perf_counter() - self._tower_started

    def _after_forward(self, *_: Any) -> None:
        self.first_forward_end = self.first_forward_end or time.perf_counter()


class OfficialEngine:
    """The official model and processor."""

    def __init__(self, model: Any) -> None:
        self._asr = model
        self._hooks = StageHooks(model.model.thinker)
        self.versions = {
            "qwen-asr": version("qwen-asr"),
            "transformers": transformers.__version__,
            "torch": torch.__version__,
        }

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def run(self, waveform: npt.NDArray[np.float32], n_tokens: int) -> Pass:
        """Recognise a waveform and time the stages."""
        self._hooks.reset()
        started = time.perf_counter()
        inputs = self._inputs(waveform)
        prepared = time.perf_counter()
        output = self._asr.model.generate(
            **inputs, max_new_tokens=n_tokens, min_new_tokens=n_tokens
        )
        ended = time.perf_counter()
        n_prompt = int(inputs["input_ids"].shape[1])
        ids = output.sequences[0, n_prompt:]
        return Pass(
            mel_s=prepared - started,
            encode_s=self._hooks.encode_s,
            prefill_s=self._hooks.first_forward_end - prepared - self._hooks.encode_s,
            generate_s=ended - self._hooks.first_forward_end,
            total_s=ended - started,
            n_prompt_tokens=n_prompt,
            n_new_tokens=len(ids),
            text=str(self._asr.processor.tokenizer.decode(ids)),
        )

    def _inputs(self, waveform: npt.NDArray[np.float32]) -> Any:
        """Do what ``Qwen3ASRModel.transcribe`` does before it calls the model."""
        text = self._asr._build_text_prompt(context="", force_language=None)
        inputs = self._asr.processor(
            text=[text], audio=[waveform], return_tensors="pt", padding=True
        )
        return inputs.to(self._asr.model.device).to(self._asr.model.dtype)


def load(task: Task) -> OfficialEngine:
    """Load the checkpoint of a task; never looks on the network."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    torch.set_num_threads(task.n_threads)
    dtype = DTYPES[task.engine]
    return OfficialEngine(qwen_asr.Qwen3ASRModel.from_pretrained(task.checkpoint, dtype=dtype))
