"""The decoder for audio that grows: hears only what is new, and verifies what it said before.

    prompt + audio + draft  ->  longest prefix that lies in the KV cache: kept
                            ->  everything after it, draft included: ONE llama_decode
                            ->  draft tokens that the model would have said: accepted; then as usual

The prompt puts the audio before the answer, so whatever follows the first changed audio embedding
must be computed again, text included. Unchanged are the prompt and the embeddings of finished
encoder windows: they are compared, not trusted, so any audio may follow any other.

The KV cache is one of its own: a file can be recognised between two steps of a dictation, and the
other way round. Weights and embedding table are the decoder's. Both optimisations have a switch;
both give what ``Decoder`` gives but for the rounding of larger or smaller batches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.decoder import Decoder, Token, most_probable
from app.engine.draft import Draft
from app.engine.hot_words import HotWordBias
from app.engine.llama import LlamaContext
from app.engine.prompt import Prompt
from app.engine.types import FloatArray

N_OUTPUTS = 48  # positions verified at once: 58 MB for a vocabulary of 151,936


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a decoding cost, in tokens.

    Attributes:
        n_kept: positions that lay in the KV cache.
        n_computed: positions that were computed, drafts and new tokens included.
        n_drafted: tokens that were proposed; n_accepted: of them, what the model said.
        n_calls: calls of llama_decode.
    """

    n_kept: int = 0
    n_computed: int = 0
    n_drafted: int = 0
    n_accepted: int = 0
    n_calls: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            n_kept=self.n_kept + other.n_kept,
            n_computed=self.n_computed + other.n_computed,
            n_drafted=self.n_drafted + other.n_drafted,
            n_accepted=self.n_accepted + other.n_accepted,
            n_calls=self.n_calls + other.n_calls,
        )


class DraftDecoder:
    """Answers growing audio again and again. Used by one thread only.

    Args:
        decoder: whose weights and settings are used; must outlive this object.
        n_audio_tokens: most audio embeddings there will be, so that the cache never has to grow.
        keep_prefix: keep the unchanged prefix in the KV cache.
        n_outputs: positions that are verified at once; 1 verifies no drafts.

    Attributes:
        work: what was computed since this object was made.
    """

    def __init__(
        self,
        decoder: Decoder,
        *,
        n_audio_tokens: int,
        keep_prefix: bool = True,
        n_outputs: int = N_OUTPUTS,
    ) -> None:
        self.work = Work()
        self._decoder = decoder
        self._n_audio_tokens = n_audio_tokens
        self._keep_prefix = keep_prefix
        self._n_outputs = n_outputs
        self._context: LlamaContext | None = None
        self._before: tuple[int, ...] = ()  # what the KV cache holds: these tokens,
        self._audio: FloatArray | None = None  # then these rows
        self._n_past = 0

    def close(self) -> None:
        """Free the KV cache."""
        if self._context is not None:
            self._context.close()
            self._context = None
        self._forget()

    def answer(
        self,
        prompt: Prompt,
        audio_embeds: FloatArray,
        draft: Draft,
        *,
        max_new_tokens: int,
        bias: HotWordBias | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[Token]:
        """Give the model's answer to a prompt.

        Args:
            prompt: token ids before and after the audio.
            audio_embeds: float32 [n_tokens, hidden_size].
            draft: what the answer will probably be.
            max_new_tokens: stop after this many.
            bias: prefers hot words; it sees every token of this answer.
            cancel: aborts even inside llama.cpp.

        Yields:
            Tokens; the last one is the end token, unless the budget ran out before. The caller may
            stop at any of them.

        Raises:
            ContextTooLongError: the prompt does not fit the model.
            DecoderError: llama.cpp failed. Cancelled: somebody stopped the work.
        """
        context = self._prepare(prompt, audio_embeds, max_new_tokens)
        context.watch(cancel)
        proposed = draft.propose(min(self._n_outputs, max_new_tokens) - 1)
        self._hear(context, prompt, audio_embeds, proposed)
        n_new = 0
        while True:
            n_proposed = len(proposed)
            for i in range(n_proposed + 1):
                token = most_probable(context.logits(i - n_proposed - 1), bias)
                n_new += 1
                draft.follow(token.id)
                yield token
                if self._decoder.is_end(token.id) or n_new == max_new_tokens:
                    return
                if i == n_proposed or proposed[i] != token.id:
                    break
                self.work += Work(n_accepted=1)
            if cancel is not None:
                cancel.check()
            self._rewind(context, self._n_past - n_proposed + i)
            proposed = draft.propose(min(self._n_outputs, max_new_tokens - n_new) - 1)
            self._append_tokens(context, [token.id, *proposed], 1 + len(proposed))
            self.work += Work(n_drafted=len(proposed))

    def _prepare(self, prompt: Prompt, audio: FloatArray, max_new_tokens: int) -> LlamaContext:
        n_before, n_after = len(prompt.before), len(prompt.after)
        n_needed = n_before + len(audio) + n_after + max_new_tokens
        if self._context is None or self._context.n_ctx < n_needed:
            self.close()
            n_room = n_needed + max(0, self._n_audio_tokens - len(audio))
            self._context = self._decoder.new_context(n_before, n_room, self._n_outputs)
        return self._context

    def _hear(
        self, context: LlamaContext, prompt: Prompt, audio: FloatArray, proposed: Sequence[int]
    ) -> None:
        """Compute everything up to the end of the draft."""
        n_before = len(prompt.before)
        n_kept = self._n_same(prompt, audio)
        self._forget()  # until the cache is known to be good again
        self._rewind(context, n_kept)
        before, heard = prompt.before[n_kept:], audio[max(0, n_kept - n_before) :]
        after, n_outputs = [*prompt.after, *proposed], 1 + len(proposed)
        embeddings = self._decoder.embeddings
        if embeddings is not None:
            rows = [embeddings.rows(before), heard, embeddings.rows(after)]
            self._append_rows(context, np.concatenate(rows), n_outputs)
        else:
            self._append_tokens(context, before, 1)
            self._append_rows(context, heard, 1)
            self._append_tokens(context, after, n_outputs)
        self.work += Work(n_kept=n_kept, n_drafted=len(proposed))
        if self._keep_prefix:
            self._before, self._audio = prompt.before, audio.copy()

    def _n_same(self, prompt: Prompt, audio: FloatArray) -> int:
        """Count the positions of the KV cache that are right for a prompt, too."""
        if self._audio is None or self._before != prompt.before:
            return 0
        n = min(len(audio), len(self._audio))
        differs = np.flatnonzero((audio[:n] != self._audio[:n]).any(axis=1))
        return len(prompt.before) + (int(differs[0]) if len(differs) else n)

    def _forget(self) -> None:
        self._before, self._audio = (), None

    def _rewind(self, context: LlamaContext, n_positions: int) -> None:
        context.keep(n_positions)
        self._n_past = n_positions

    def _append_rows(self, context: LlamaContext, rows: FloatArray, n_outputs: int) -> None:
        if len(rows):
            context.decode_embeddings(rows, self._n_past, n_outputs)
            self._count(len(rows))

    def _append_tokens(self, context: LlamaContext, ids: Sequence[int], n_outputs: int) -> None:
        if ids:
            context.decode_tokens(ids, self._n_past, n_outputs)
            self._count(len(ids))

    def _count(self, n_positions: int) -> None:
        self._n_past += n_positions
        self.work += Work(n_computed=n_positions, n_calls=1)
