"""The prompt that Qwen3-ASR was trained with, as token ids around the audio.

    <|im_start|>system\\n{context}<|im_end|>\\n<|im_start|>user\\n<|audio_start|>
        ... audio embeddings ...
    <|audio_end|><|im_end|>\\n<|im_start|>assistant\\n[language X<asr_text>]

Special tokens are put in by the ids of the pack, everything between them goes through the pack's
tokenizer as plain text. So a context that spells a special token stays text, and neighbours are
merged just as the official processor merges them. There is no newline after the context, and the
context is composed (NFC) first: the official tokenizer does that, llama.cpp does not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from app.engine.manifest import SpecialTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Token ids before and after the audio embeddings."""

    before: tuple[int, ...]
    after: tuple[int, ...]


class PromptBuilder:
    """Builds prompts for one pack.

    Args:
        tokens: special token ids.
        tokenize: text -> ids, without any special handling.
        takes_context: a model that was never taught what a context is only gets confused by it
            (starter then writes "N." for a sentence); it gets none.
    """

    def __init__(
        self,
        tokens: SpecialTokens,
        tokenize: Callable[[str], list[int]],
        *,
        takes_context: bool = True,
    ) -> None:
        self._tokens = tokens
        self._tokenize = tokenize
        self._takes_context = takes_context

    def build(self, *, context: str = "", language: str | None = None) -> Prompt:
        """Build the prompt of one chunk.

        Args:
            context: text or terms for the system prompt; "" for none.
            language: canonical name to force it, None to let the model say it.
        """
        special, text = self._tokens, self._tokenize
        context = unicodedata.normalize("NFC", context) if self._takes_context else ""
        before = [special.im_start, *text("system\n" + context), special.im_end, *text("\n")]
        before += [special.im_start, *text("user\n"), special.audio_start]
        after = [special.audio_end, special.im_end, *text("\n"), special.im_start]
        if language is None:
            after += text("assistant\n")
        else:
            after += [*text(f"assistant\nlanguage {language}"), special.asr_text]
        return Prompt(before=tuple(before), after=tuple(after))
