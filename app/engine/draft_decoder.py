"""The decoder for audio that grows: hears only what is new, and verifies what it said before.

    prompt + audio + draft  ->  longest prefix that lies in the KV cache: kept
                            ->  everything after it, draft included: ONE llama_decode
                            ->  draft tokens that the model would have said: accepted; then as usual

The prompt puts the audio before the answer, so whatever follows the first changed audio embedding
must be computed again, text included. Unchanged are the prompt and the embeddings of finished
encoder windows: they are compared, not trusted, so any audio may follow any other.

The KV cache is one of its own: a file can be recognised between two steps of a dictation, and the
other way round. Weights and embedding table are the decoder's. Both optimisations have a switch.

CRITICAL: llama.cpp rounds differently in batches of different size, which moves a logit by up to
0.3 and, where two tokens are a close call, changes the text. A final answer must not depend on how
it was found. So what is kept was computed in batches of the kind that ``Decoder`` uses (below 64
rows or not, and in whole groups of 4), and a drafted token counts only where it leads by 0.5 nats;
at a closer call the answer is computed up to there token by token, as ``Decoder`` does it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.decoder import Decoder, Token, most_probable
from app.engine.draft import Draft
from app.engine.hot_words import NEXT_NATS, HotWordBias
from app.engine.llama import LlamaContext
from app.engine.prompt import Prompt
from app.engine.types import FloatArray

N_OUTPUTS = 48  # positions verified at once: 58 MB for a vocabulary of 151,936
LARGE_BATCH = 64  # rows from which llama.cpp's flash attention sums in another order
ROW_GROUP = 4  # rows of a batch that its repacked kernels take together
CLEAR_NATS = 0.5  # by which the best token leads; batches were seen to move a logit by 0.33


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a decoding cost, in tokens.

    Attributes:
        n_kept: positions that lay in the KV cache.
        n_computed: positions that were computed, drafts and new tokens included.
        n_drafted: tokens that were proposed; n_accepted: of them, what the model said.
        n_repeated: tokens computed once more, one by one, for a close call.
        n_calls: calls of llama_decode.
    """

    n_kept: int = 0
    n_computed: int = 0
    n_drafted: int = 0
    n_accepted: int = 0
    n_repeated: int = 0
    n_calls: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            n_kept=self.n_kept + other.n_kept,
            n_computed=self.n_computed + other.n_computed,
            n_drafted=self.n_drafted + other.n_drafted,
            n_accepted=self.n_accepted + other.n_accepted,
            n_repeated=self.n_repeated + other.n_repeated,
            n_calls=self.n_calls + other.n_calls,
        )


class Judge:
    """Makes tokens of logits, greedily."""

    def choose(self, logits: FloatArray, bias: HotWordBias | None) -> Token:
        """Give the token to take at float32 [n_vocab]; a bias follows it."""
        return most_probable(logits, bias)

    def is_clear(self, logits: FloatArray, bias: HotWordBias | None) -> bool:
        """Say whether the best token leads by more than rounding, or a bonus, can change.

        Args:
            logits: float32 [n_vocab]; the same afterwards.
            bias: what gives the bonus.
        """
        best = int(logits.argmax())
        highest = float(logits[best])
        logits[best] = -np.inf
        lead = highest - float(logits.max())
        logits[best] = highest
        return lead >= CLEAR_NATS + (NEXT_NATS if bias is not None else 0.0)


class DraftDecoder:
    """Answers growing audio again and again. Used by one thread only.

    Args:
        decoder: whose weights and settings are used; must outlive this object.
        n_audio_tokens: most audio embeddings there will be, so that the cache never has to grow.
        keep_prefix: keep the unchanged prefix in the KV cache.
        n_outputs: positions that are verified at once; 1 verifies no drafts.
        judge: makes tokens of logits; for benchmarks, which know what is said.

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
        judge: Judge | None = None,
    ) -> None:
        self.work = Work()
        self._judge = judge or Judge()
        self._decoder = decoder
        self._n_audio_tokens = n_audio_tokens
        self._keep_prefix = keep_prefix
        self._n_outputs = n_outputs
        self._context: LlamaContext | None = None
        self._before: tuple[int, ...] = ()  # what the KV cache holds: these tokens,
        self._audio: FloatArray | None = None  # then these rows,
        self._is_large = False  # computed in batches of 64 or more
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
        is_final: bool = True,
        bias: HotWordBias | None = None,
        cancel: CancelToken | None = None,
    ) -> Iterator[Token]:
        """Give the model's answer to a prompt.

        Args:
            prompt: token ids before and after the audio.
            audio_embeds: float32 [n_tokens, hidden_size].
            draft: what the answer will probably be.
            max_new_tokens: stop after this many.
            is_final: the answer must be that of ``Decoder``, also where two tokens are a close
                call; else the draft goes into the same batch as the audio, which is cheaper.
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
        proposed = () if is_final else draft.propose(min(self._n_outputs, max_new_tokens) - 1)
        self._hear(context, prompt, audio_embeds, proposed)
        n_prompt = self._n_past - len(proposed)
        said: list[int] = []
        n_single = 0  # of what was said, computed one by one
        ahead = deque(proposed)  # computed beyond what was said
        while True:
            logits = context.logits(-1 - len(ahead))
            if is_final and n_single < len(said) and not self._judge.is_clear(logits, bias):
                logits = self._repeat(context, n_prompt + n_single, said[n_single:])
                n_single = len(said)
                ahead.clear()
                draft.doubt()
            token = self._judge.choose(logits, bias)
            draft.follow(token.id)
            yield token
            said.append(token.id)
            if self._decoder.is_end(token.id) or len(said) == max_new_tokens:
                return
            if ahead and ahead.popleft() == token.id:
                self.work += Work(n_accepted=1)
                continue
            if cancel is not None:
                cancel.check()
            ahead = deque(draft.propose(min(self._n_outputs, max_new_tokens - len(said)) - 1))
            self._rewind(context, n_prompt + len(said) - 1)
            self._append_tokens(context, [token.id, *ahead], 1 + len(ahead))
            self.work += Work(n_drafted=len(ahead))
            n_single += not ahead and n_single == len(said) - 1

    def _prepare(self, prompt: Prompt, audio: FloatArray, max_new_tokens: int) -> LlamaContext:
        n_before, n_after = len(prompt.before), len(prompt.after)
        n_needed = n_before + len(audio) + n_after + max_new_tokens
        if self._context is None or self._context.n_ctx < n_needed:
            self.close()
            n_room = n_needed + max(0, self._n_audio_tokens - len(audio))
            self._context = self._decoder.new_context(n_before, n_room, self._n_outputs)
        return self._context

    def _repeat(self, context: LlamaContext, start: int, ids: Sequence[int]) -> FloatArray:
        """Compute tokens of the answer one by one; gives the logits after the last."""
        self._rewind(context, start)
        for token_id in ids:
            self._append_tokens(context, [token_id], 1)
        self.work += Work(n_repeated=len(ids))
        return context.logits()

    def _hear(
        self, context: LlamaContext, prompt: Prompt, audio: FloatArray, proposed: Sequence[int]
    ) -> None:
        """Compute everything up to the end of the draft."""
        n_before = len(prompt.before)
        is_large = len(audio) + len(prompt.after) >= LARGE_BATCH
        n_end = len(audio) + len(prompt.after) + len(proposed)
        n_kept = self._n_kept(prompt, audio, n_end if is_large else None)
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
            self._before, self._audio, self._is_large = prompt.before, audio.copy(), is_large

    def _n_kept(self, prompt: Prompt, audio: FloatArray, n_end: int | None) -> int:
        """Count the positions of the KV cache that are, bit by bit, what would be computed.

        Args:
            prompt, audio: what is to be heard.
            n_end: rows after the prompt's beginning, if they are to be a large batch.
        """
        n_before, is_large = len(prompt.before), n_end is not None
        if self._audio is None or self._before != prompt.before:
            return 0
        if is_large != self._is_large:
            return 0 if is_large else n_before
        n = min(len(audio), len(self._audio))
        differs = np.flatnonzero((audio[:n] != self._audio[:n]).any(axis=1))
        n_same = int(differs[0]) if len(differs) else n
        if n_end is not None:
            n_same = min(n_same, n_end - LARGE_BATCH)
        return n_before + n_same - n_same % ROW_GROUP

    def _forget(self) -> None:
        self._before, self._audio, self._is_large = (), None, False

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
