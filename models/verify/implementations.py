"""The implementations to compare with, each behind the same small face.

``OfficialImplementation`` needs qwen-asr 0.0.6 on transformers 4.57.6, ``NativeImplementation``
transformers 5.23.0: they never live in one process. Both are float32 on the CPU, and greedy.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import transformers

from models.verify.hooks import record
from models.verify.outputs import FloatArray

END_TOKENS = ("<|im_end|>", "<|endoftext|>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The stages after the mel, and the greedy answer; shapes as in StageOutputs."""

    hidden: FloatArray
    audio_embeds: FloatArray
    logits: FloatArray
    token_ids: tuple[int, ...]


class Implementation(Protocol):
    """What the runner asks of an implementation."""

    versions: dict[str, str]

    def inputs(self, waveform: FloatArray, context: str, language: str | None) -> Any:
        """Prepare what the model takes; it has ``input_ids``."""
        ...

    def mel(self, inputs: Any) -> FloatArray:
        """Give the real frames of the log-mel in the inputs, float32 [n_mels, n_frames]."""
        ...

    def answer(self, inputs: Any) -> Answer:
        """Recognise."""
        ...

    def decode(self, token_ids: tuple[int, ...], language: str | None) -> tuple[str, str, str]:
        """Give raw text, language and text of an answer, parsed as the implementation does."""
        ...


def versions(**more: str) -> dict[str, str]:
    """Name what computes here."""
    common = {"torch": torch.__version__, "transformers": transformers.__version__}
    return {**more, **common, "python": platform.python_version()}


def end_ids(tokenizer: Any) -> list[int]:
    """Return the ids that end an answer."""
    return [int(tokenizer.convert_tokens_to_ids(token)) for token in END_TOKENS]


def generate_options(eos: list[int], max_new_tokens: int) -> dict[str, Any]:
    """Greedy decoding that keeps the logits it decided by.

    CRITICAL: qwen-asr's own ``generate`` ends answers at the fixed ids 151645 and 151643, which a
    model with another vocabulary does not have; it would run to the budget. The ids are given here.
    """
    return {
        "max_new_tokens": max_new_tokens,
        "eos_token_id": eos,
        "pad_token_id": eos[0],
        "do_sample": False,
        "output_logits": True,
    }


def to_answer(hidden: Any, embeds: Any, result: Any, n_prompt: int) -> Answer:
    """Collect the tensors of one clip as arrays without a batch axis."""
    return Answer(
        hidden=hidden.numpy().reshape(-1, hidden.shape[-1]),
        audio_embeds=embeds.numpy().reshape(-1, embeds.shape[-1]),
        logits=torch.cat(result.logits).float().numpy(),
        token_ids=tuple(result.sequences[0, n_prompt:].tolist()),
    )


class OfficialImplementation:
    """qwen-asr 0.0.6: its encoder attends over the whole clip."""

    def __init__(self, checkpoint: Path, max_new_tokens: int) -> None:
        from models.reference.official import import_backend

        import_backend()
        import qwen_asr

        self._model = qwen_asr.Qwen3ASRModel.from_pretrained(
            str(checkpoint), dtype=torch.float32, max_new_tokens=max_new_tokens
        )
        self._parse = qwen_asr.parse_asr_output
        self._processor = self._model.processor
        self._tower = self._model.model.thinker.audio_tower
        self._options = generate_options(end_ids(self._processor.tokenizer), max_new_tokens)
        self.versions = versions(**{"qwen-asr": "0.0.6"})

    def inputs(self, waveform: FloatArray, context: str, language: str | None) -> Any:
        """Build prompt and features as ``Qwen3ASRModel.transcribe`` does."""
        text = self._model._build_text_prompt(context=context, force_language=language)
        return self._processor(text=[text], audio=[waveform], return_tensors="pt", padding=True)

    def mel(self, inputs: Any) -> FloatArray:
        """Drop the padding."""
        n_frames = int(inputs["feature_attention_mask"].sum())
        return np.asarray(inputs["input_features"][0, :, :n_frames], dtype=np.float32)

    def answer(self, inputs: Any) -> Answer:
        """Recognise through the official ``generate``."""
        with record(self._tower.layers[0], self._tower) as seen:
            result = self._model.model.generate(**inputs, **self._options)
        n_prompt = inputs["input_ids"].shape[1]
        return to_answer(seen.entered, seen.left.last_hidden_state, result, n_prompt)

    def decode(self, token_ids: tuple[int, ...], language: str | None) -> tuple[str, str, str]:
        """Decode and parse as ``transcribe`` does."""
        (raw,) = self._processor.batch_decode(
            [list(token_ids)], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        found, text = self._parse(raw, user_language=language)
        return raw, found, text


class NativeImplementation:
    """transformers 5.23.0: its encoder attends within windows of 8 s."""

    def __init__(self, checkpoint: Path, max_new_tokens: int) -> None:
        from models.verify.native_loader import load_native

        self._model, self._processor = load_native(checkpoint)
        self._options = generate_options(end_ids(self._processor.tokenizer), max_new_tokens)
        self._options["return_dict_in_generate"] = True
        self.versions = versions()

    def inputs(self, waveform: FloatArray, context: str, language: str | None) -> Any:
        """Build prompt and features; clips below 0.5 s become 0.5 s, and the mel whole seconds."""
        return self._processor.apply_transcription_request(
            waveform, language=language, prompt=context or None
        )

    def mel(self, inputs: Any) -> FloatArray:
        """Drop the padding."""
        n_frames = int(inputs["input_features_mask"].sum())
        return np.asarray(inputs["input_features"][0, :, :n_frames], dtype=np.float32)

    def answer(self, inputs: Any) -> Answer:
        """Recognise through ``generate``."""
        body = self._model.model
        with record(body.audio_tower.layers[0], body.multi_modal_projector) as seen:
            result = self._model.generate(**inputs, **self._options)
        return to_answer(seen.entered, seen.left, result, inputs["input_ids"].shape[1])

    def decode(self, token_ids: tuple[int, ...], language: str | None) -> tuple[str, str, str]:
        """Decode and parse; with a forced language the answer has no header to find one in."""
        raw = self._processor.decode(list(token_ids), skip_special_tokens=True)
        parsed = self._processor.parse_output(raw)
        text = parsed["transcription"]
        return raw, (language or parsed["language"] or "") if text else "", text
