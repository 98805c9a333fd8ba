"""The model for audio that grows: the same hypothesis as ``ClipRecognizer``, for less work.

    waveform -> mel -> CachedEncoder -> audio embeddings -> DraftDecoder, draft = last answer

Any clip may follow any other. What is the same as before is found by comparing, so nobody has to
say where an utterance begins. A clip that does not begin like the last one has no draft but the
language that was spoken there.

A clip that ends in the middle of a word tempts models to babble. ``preview`` therefore ends an
answer when it begins to repeat itself, or has more to say than anybody can in the time.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from app.engine.cancel import CancelToken
from app.engine.clip import Answer, ClipRecognizer, Clock, read_answer, token_budget
from app.engine.decoder import Token
from app.engine.draft import Draft
from app.engine.draft_decoder import N_OUTPUTS, DraftDecoder, Judge, Work
from app.engine.encoder_cache import CachedEncoder
from app.engine.hypothesis import repeated_tail
from app.engine.manifest import Manifest
from app.engine.types import SAMPLE_RATE, FloatArray, Hypothesis, Timings, TranscribeOptions

_T = TypeVar("_T")
_BABBLE_TOKENS = 12  # a phrase of six tokens twice, of three four times, one token twelve times
_BABBLE_REPEATS = 2
_TOKENS_PER_S, _SPARE_TOKENS = 8, 8  # speech stays below; the spare ones are for the header


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """Which work is saved; each changes the speed only.

    Attributes:
        chunks: keep the convolutions of finished chunks (seconds, in Qwen3-ASR).
        windows: keep the embeddings of finished encoder windows (8 s).
        prefix: keep the KV cache of the prompt and of the finished windows.
        drafts: verify the last answer instead of generating it again.
    """

    chunks: bool = True
    windows: bool = True
    prefix: bool = True
    drafts: bool = True


@dataclass(frozen=True, slots=True)
class _Last:
    """The last clip and its answer."""

    waveform: FloatArray
    options: TranscribeOptions
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class _Run:
    """A recognition whose answer is still to be read."""

    tokens: Iterator[Token]
    n_prompt_tokens: int
    timings: Timings  # so far
    clock: Clock

    def finish(self, answer: Answer) -> Hypothesis:
        """Give the hypothesis; its decode_s holds the prefill, too, for they are one call."""
        timings = self.timings + Timings(decode_s=self.clock.lap())
        return replace(answer.hypothesis(self.n_prompt_tokens), timings=timings)


class GrowingClips:
    """Recognises one clip again and again while it grows. Used by one thread only.

    Args:
        clips: the loaded model; must outlive this object.
        manifest: of its pack.
        savings: which optimisations are on.
        judge: makes tokens of logits; for benchmarks.

    Raises:
        EngineError: there is not enough memory.
    """

    def __init__(
        self,
        clips: ClipRecognizer,
        manifest: Manifest,
        savings: Savings | None = None,
        judge: Judge | None = None,
    ) -> None:
        savings = savings or Savings()
        self._clips = clips
        self._asr_text = manifest.tokens.asr_text
        self._encoder = CachedEncoder(
            clips.encoder, cache_chunks=savings.chunks, cache_windows=savings.windows
        )
        n_frames = round(manifest.max_chunk_s * SAMPLE_RATE) // manifest.mel.hop_length
        self._decoder = DraftDecoder(
            clips.decoder,
            n_audio_tokens=manifest.encoder.n_tokens(n_frames),
            keep_prefix=savings.prefix,
            n_outputs=N_OUTPUTS if savings.drafts else 1,
            judge=judge,
        )
        self._last: _Last | None = None

    @property
    def work(self) -> Work:
        """What the decoder had to compute so far."""
        return self._decoder.work

    def close(self) -> None:
        """Free the KV cache; the model stays."""
        self._decoder.close()
        self._encoder.clear()
        self._last = None

    def recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Generator[str, None, Hypothesis]:
        """Recognise one clip; see ``ClipRecognizer.recognize``."""
        n_most = token_budget(len(waveform) / SAMPLE_RATE, options)
        with self._clips.watch():
            run = self._listen(waveform, options, n_most, cancel, is_final=True)
            answer = yield from read_answer(self._clips.decoder, run.tokens, options.language)
        return self._keep(waveform, options, run.finish(answer))

    def preview(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Hypothesis:
        """Recognise a clip that will go on; babble at its end is left out."""
        decoder = self._clips.decoder
        seconds = len(waveform) / SAMPLE_RATE
        n_most = min(token_budget(seconds, options), _SPARE_TOKENS + int(_TOKENS_PER_S * seconds))
        with self._clips.watch():
            run = self._listen(waveform, options, n_most, cancel, is_final=False)
            answer = result_of(read_answer(decoder, _until_babble(run.tokens), options.language))
        hypothesis = run.finish(answer)
        if n_babble := _n_babble(hypothesis.token_ids):
            ids = hypothesis.token_ids[:-n_babble]
            hypothesis = replace(hypothesis, token_ids=ids, text=decoder.text(ids))
        return self._keep(waveform, options, hypothesis)

    def _listen(
        self,
        waveform: FloatArray,
        options: TranscribeOptions,
        n_most: int,
        cancel: CancelToken | None,
        *,
        is_final: bool,
    ) -> _Run:
        """Do everything but reading the answer."""
        clips, clock = self._clips, Clock()
        mel = clips.mel(waveform)
        timings = Timings(mel_s=clock.lap())
        embeds = self._encoder.encode(mel, cancel)
        timings += Timings(encode_s=clock.lap())
        prompt = clips.prompts.build(context=options.context, language=options.language)
        tokens = self._decoder.answer(
            prompt,
            embeds,
            self._draft(waveform, options),
            max_new_tokens=n_most,
            is_final=is_final,
            bias=clips.bias(options),
            cancel=cancel,
        )
        n_prompt = len(prompt.before) + len(embeds) + len(prompt.after)
        return _Run(tokens, n_prompt, timings, clock)

    def _keep(
        self, waveform: FloatArray, options: TranscribeOptions, hypothesis: Hypothesis
    ) -> Hypothesis:
        self._last = _Last(waveform.copy(), options, hypothesis)
        return hypothesis

    def _draft(self, waveform: FloatArray, options: TranscribeOptions) -> Draft:
        """Give what the model will probably say."""
        last = self._last
        if last is None or last.options != options:
            return Draft()
        ids = last.hypothesis.token_ids
        n = min(len(waveform), len(last.waveform))
        if np.array_equal(waveform[:n], last.waveform[:n]):
            return Draft(ids)
        return Draft(ids[: ids.index(self._asr_text) + 1] if self._asr_text in ids else ())


def result_of(generator: Generator[str, None, _T]) -> _T:
    """Run a recognition to its end and give what it returns."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            result: _T = end.value
            return result


def _until_babble(tokens: Iterable[Token]) -> Iterator[Token]:
    ids: list[int] = []
    for token in tokens:
        yield token
        ids.append(token.id)
        if _n_babble(ids):
            return


def _n_babble(token_ids: Sequence[int]) -> int:
    """Count the tokens at the end that only repeat what was said; people rarely do."""
    return repeated_tail(token_ids, min_tokens=_BABBLE_TOKENS, min_repeats=_BABBLE_REPEATS)
