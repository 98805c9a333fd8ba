"""Text decoder: prompt and audio embeddings in, tokens out, greedily, through llama.cpp.

The prompt around the audio is looked up in the GGUF's own embedding table, so that prompt, audio
and suffix go through llama.cpp as ONE batch; separate small batches cost 0.17 s for the 0.6B model
(shared lesson of our benchmark, docs/PERFORMANCE.md). The fixed prefix of the prompt stays in the
KV cache between utterances; audio and text never do. Both are optimisations with a switch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.hot_words import HotWordBias
from app.engine.llama import LlamaContext, LlamaModel, graphics_card
from app.engine.pack import Pack
from app.engine.prompt import Prompt
from app.engine.token_embeddings import TokenEmbeddings
from app.engine.types import FloatArray
from app.errors import ContextTooLongError

MAX_CONTEXT_TOKENS = 10_000  # the limit that the makers of Qwen3-ASR name for the system prompt
_CTX_STEP = 256  # llama.cpp pads its KV cache to this many positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One generated token with its natural-log probability."""

    id: int
    logprob: float


class Decoder:
    """Generates text for one clip after another. Used by one thread only.

    Args:
        pack: where the GGUF lies.
        n_threads: threads of llama.cpp.
        flash_attention: prefill is 14 % faster with it, but it sums in F16; by default on, except
            for F16 weights, which are chosen for exactness (docs/PERFORMANCE.md).
        single_batch: send prompt, audio and suffix as one batch of embeddings.
        keep_prefix: keep the prompt's fixed prefix in the KV cache between clips.
        card: number of the graphics card that computes; None is the processor.

    Attributes:
        embeddings: looks up rows of tokens; None if they are not sent as embeddings.

    Raises:
        DecoderError: llama.cpp cannot load the model. DeviceError: there is no such card.
    """

    def __init__(
        self,
        pack: Pack,
        *,
        n_threads: int,
        flash_attention: bool | None = None,
        single_batch: bool = True,
        keep_prefix: bool = True,
        card: int | None = None,
    ) -> None:
        spec = pack.manifest.decoder
        location = pack.locate(spec.file)
        self.model = LlamaModel(location, None if card is None else graphics_card(card))
        self._spec = spec
        self._eos = frozenset(pack.manifest.tokens.eos)
        self._n_threads = n_threads
        if flash_attention is None:
            flash_attention = spec.quantization != "f16"
        self._flash_attention = flash_attention
        self._keep_prefix = keep_prefix
        self.embeddings: TokenEmbeddings | None = None
        if single_batch and spec.token_embd is not None:
            self.embeddings = TokenEmbeddings(pack, spec.file, spec.token_embd, spec.hidden_size)
        self._context: LlamaContext | None = None
        self._prefix: tuple[int, ...] = ()  # what the KV cache holds between clips
        self._n_past = 0

    def close(self) -> None:
        """Free the KV cache and the weights."""
        if self._context is not None:
            self._context.close()
            self._context = None
        self.model.close()

    def tokenize(self, text: str) -> list[int]:
        """Split text into token ids, without any special handling."""
        return self.model.tokenize(text)

    def text(self, token_ids: Sequence[int]) -> str:
        """Join tokens to text; an unfinished character at the end becomes U+FFFD."""
        return b"".join(map(self.model.piece, token_ids)).decode("utf-8", "replace")

    def prefill(
        self,
        prompt: Prompt,
        audio_embeds: FloatArray,
        *,
        max_new_tokens: int,
        cancel: CancelToken | None = None,
    ) -> int:
        """Compute the KV cache of prompt and audio, ready to generate.

        Args:
            prompt: token ids before and after the audio.
            audio_embeds: float32 [n_tokens, hidden_size].
            max_new_tokens: room to leave for the answer.
            cancel: aborts even inside llama.cpp.

        Returns:
            Tokens of the whole prompt, audio included.

        Raises:
            ContextTooLongError: the prompt does not fit the model.
            DecoderError: llama.cpp failed. Cancelled: somebody stopped the work.
        """
        n_prompt = len(prompt.before) + len(audio_embeds) + len(prompt.after)
        context = self._ensure_context(n_prompt + max_new_tokens, len(prompt.before))
        context.watch(cancel)
        kept = self._reuse_prefix(context, prompt.before)
        self._prefix = ()  # until the cache is known to be good again
        self._n_past = kept
        if self.embeddings is not None:
            before = self.embeddings.rows(prompt.before[kept:])
            after = self.embeddings.rows(prompt.after)
            self._append_rows(context, np.concatenate([before, audio_embeds, after]))
        else:
            self._append_tokens(context, prompt.before[kept:])
            self._append_rows(context, audio_embeds)
            self._append_tokens(context, prompt.after)
        self._prefix = prompt.before
        return n_prompt

    def generate(
        self,
        max_new_tokens: int,
        *,
        ignore_eos: bool = False,
        bias: HotWordBias | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[Token]:
        """Generate greedily after a prefill.

        Args:
            max_new_tokens: stop after this many.
            ignore_eos: go on after an end token (for benchmarks).
            bias: prefers hot words; it sees every token of this answer.
            cancel: checked before every token.

        Yields:
            Tokens; the last one is the end token, unless the budget ran out before.

        Raises:
            DecoderError, Cancelled.
        """
        context = self._context
        assert context is not None, "prefill comes first"
        for i in range(max_new_tokens):
            if cancel is not None:
                cancel.check()
            token = most_probable(context.logits(), bias)
            yield token
            if (token.id in self._eos and not ignore_eos) or i + 1 == max_new_tokens:
                return
            self._append_tokens(context, [token.id])

    def is_end(self, token_id: int) -> bool:
        """Whether a token ends a generation."""
        return token_id in self._eos

    def score(self, token_ids: Sequence[int]) -> FloatArray:
        """Compute the logits before each of the given tokens, after a prefill (teacher forcing).

        Args:
            token_ids: the answer that is imposed.

        Returns:
            float32 [len(token_ids), n_vocab].
        """
        context = self._context
        assert context is not None, "prefill comes first"
        rows = np.empty((len(token_ids), self.model.n_vocab), dtype=np.float32)
        for i, token_id in enumerate(token_ids):
            rows[i] = context.logits()
            if i + 1 < len(token_ids):
                self._append_tokens(context, [token_id])
        return rows

    def new_context(self, n_before: int, n_needed: int, n_outputs: int = 1) -> LlamaContext:
        """Make a KV cache of its own over the same weights.

        Args:
            n_before: tokens of the prompt before the audio.
            n_needed: positions for prompt, audio and answer.
            n_outputs: most positions of one call whose logits are wanted.

        Raises:
            ContextTooLongError: the prompt does not fit the model.
            DecoderError: there is no memory for it.
        """
        self._check_room(n_before, n_needed)
        return LlamaContext(
            self.model,
            n_ctx=-(-n_needed // _CTX_STEP) * _CTX_STEP,
            n_threads=self._n_threads,
            flash_attention=self._flash_attention,
            n_outputs=n_outputs,
        )

    def _check_room(self, n_before: int, n_needed: int) -> None:
        free = self._spec.n_ctx_train - (n_needed - n_before)
        limit = max(0, min(free, MAX_CONTEXT_TOKENS))
        if n_before > limit:
            raise ContextTooLongError(n_before, limit)

    def _ensure_context(self, n_needed: int, n_before: int) -> LlamaContext:
        self._check_room(n_before, n_needed)
        if self._context is None or self._context.n_ctx < n_needed:
            if self._context is not None:
                self._context.close()
                self._context = None
            self._prefix = ()
            self._context = self.new_context(n_before, n_needed)
        return self._context

    def _reuse_prefix(self, context: LlamaContext, before: tuple[int, ...]) -> int:
        kept = len(before) if self._keep_prefix and before == self._prefix else 0
        context.keep(kept)
        return kept

    def _append_rows(self, context: LlamaContext, rows: FloatArray) -> None:
        if len(rows):
            context.decode_embeddings(rows, self._n_past)
            self._n_past += len(rows)

    def _append_tokens(self, context: LlamaContext, token_ids: Sequence[int]) -> None:
        if token_ids:
            context.decode_tokens(token_ids, self._n_past)
            self._n_past += len(token_ids)


def most_probable(logits: FloatArray, bias: HotWordBias | None = None) -> Token:
    """Pick the most probable token and its natural-log probability under softmax.

    Args:
        logits: float32 [n_vocab].
        bias: may prefer another one, and then follows it; the probability stays the model's own.
    """
    best = int(logits.argmax())
    shifted = logits - logits[best]
    token_id, relative = best, 0.0
    if bias is not None:
        token_id = bias.pick(logits)
        relative = float(shifted[token_id])
        bias.take(token_id)
    np.exp(shifted, out=shifted)
    return Token(id=token_id, logprob=relative - float(np.log(shifted.sum())))
