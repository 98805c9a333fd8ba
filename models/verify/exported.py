"""The exported side: the stages of app.engine, run exactly as the application runs them.

The encoder and the decoder may come from two packs of the same checkpoint: the table of
quantisations pairs every encoder with every decoder without exporting each pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.engine.clip import ClipRecognizer
from app.engine.decoder import Decoder
from app.engine.hypothesis import parse_hypothesis
from app.engine.pack import Pack
from app.engine.prompt import Prompt, PromptBuilder
from models.verify.clips import Clip
from models.verify.outputs import FloatArray, StageOutputs
from models.verify.protocol import PromptCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """The first half of one clip; shapes as in StageOutputs."""

    mel: FloatArray
    hidden: FloatArray
    audio_embeds: FloatArray


def load(
    pack: Pack, *, n_threads: int, attention: str | None, flash_attention: bool = True
) -> ClipRecognizer:
    """Load a pack as the application does, or without the decoder's flash attention.

    Flash attention sums in F16. Without it, what is left is the difference of the export alone.
    """
    recognizer = ClipRecognizer(pack, n_threads=n_threads, attention=attention)
    if not flash_attention:
        recognizer.decoder.close()
        recognizer.decoder = Decoder(pack, n_threads=n_threads, flash_attention=False)
        tokens = pack.manifest.tokens
        recognizer.prompts = PromptBuilder(tokens, recognizer.decoder.tokenize)
    return recognizer


def encode(recognizer: ClipRecognizer, clip: Clip) -> Encoded:
    """Run mel, frontend and backend."""
    mel = recognizer.mel(clip.waveform)
    hidden = recognizer.encoder.frontend(mel)
    return Encoded(mel=mel, hidden=hidden, audio_embeds=recognizer.encoder.backend(hidden))


def answer(
    recognizer: ClipRecognizer,
    clip: Clip,
    encoded: Encoded,
    *,
    audio_pad: int,
    forced_ids: tuple[int, ...],
    max_new_tokens: int,
    infer_free: bool = False,
) -> StageOutputs:
    """Run the decoder twice: with the reference's answer imposed, and freely.

    Args:
        recognizer: gives prompts and decoder.
        encoded: from any encoder of the same checkpoint.
        audio_pad: id that stands for one audio embedding in the prompt.
        forced_ids: the reference's answer, for the teacher-forced logits.
        max_new_tokens: budget of the free answer.
        infer_free: skip the free run if every imposed token was the most probable one anyway; the
            free answer is then the imposed one.
    """
    prompt = recognizer.prompts.build(context=clip.context, language=clip.language)
    decoder = recognizer.decoder
    room = max(len(forced_ids), max_new_tokens)
    decoder.prefill(prompt, encoded.audio_embeds, max_new_tokens=room)
    logits = decoder.score(forced_ids)
    if infer_free and np.array_equal(logits.argmax(axis=1), forced_ids):
        token_ids = forced_ids
    else:
        decoder.prefill(prompt, encoded.audio_embeds, max_new_tokens=room)
        token_ids = tuple(token.id for token in decoder.generate(max_new_tokens))
    spoken = token_ids[:-1] if token_ids and decoder.is_end(token_ids[-1]) else token_ids
    raw = decoder.text(spoken)
    language, text = parse_hypothesis(raw, clip.language)
    return StageOutputs(
        mel=encoded.mel,
        hidden=encoded.hidden,
        audio_embeds=encoded.audio_embeds,
        prompt_ids=joined_ids(prompt, len(encoded.audio_embeds), audio_pad),
        logits=np.asarray(logits, dtype=np.float32),
        token_ids=token_ids,
        raw_text=raw,
        language=language,
        text=text,
    )


def prompt_case_ids(
    recognizer: ClipRecognizer, case: PromptCase, n_audio: int, audio_pad: int
) -> tuple[int, ...]:
    """Tokenise a prompt around n_audio audio embeddings."""
    prompt = recognizer.prompts.build(context=case.context, language=case.language)
    return joined_ids(prompt, n_audio, audio_pad)


def joined_ids(prompt: Prompt, n_audio: int, audio_pad: int) -> tuple[int, ...]:
    """Write a prompt as one list of ids, as the official processor does."""
    return (*prompt.before, *(audio_pad,) * n_audio, *prompt.after)
