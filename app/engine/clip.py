"""One clip of at most some 30 s through the whole model: mel, encoder, prompt, decoder.

What comes in is a waveform, what goes out is a hypothesis: the model's own words, before anybody
has judged them. The recognizer above decides what may reach the model and what becomes of the text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from typing import TypeAlias

from app.engine.cancel import CancelToken
from app.engine.decoder import Decoder, Token
from app.engine.encoder import AudioEncoder
from app.engine.hot_words import HotWordBias, HotWordTree
from app.engine.hypothesis import is_looping, visible_text
from app.engine.mel import MelExtractor
from app.engine.pack import Pack
from app.engine.placement import PROCESSOR, Placement
from app.engine.prompt import PromptBuilder
from app.engine.types import (
    SAMPLE_RATE,
    FloatArray,
    Hypothesis,
    Timings,
    TranscribeOptions,
)

Watch: TypeAlias = Callable[[], AbstractContextManager[None]]
_LOOP_CHECK_EVERY = 8  # tokens: a look at the tail costs more than it saves at every token


class ClipRecognizer:
    """Runs the model of a pack on one clip after another. Used by one thread only.

    Args:
        pack: the model.
        n_threads: threads of both runtimes.
        attention: "windowed" or "full"; by default what the pack says.
        at_once: load encoder and decoder at the same time; a second core then saves a third of the
            time, for more memory during it.
        placement: where the two halves run.
        watch: entered while one of them computes.

    Attributes:
        mel, encoder, prompts, decoder: the stages, for verification and benchmarks.
        watch: as given, for others who run the stages.

    Raises:
        PackError, EncoderError, DecoderError: the model cannot be loaded.
    """

    def __init__(
        self,
        pack: Pack,
        *,
        n_threads: int,
        attention: str | None = None,
        at_once: bool = False,
        placement: Placement = PROCESSOR,
        watch: Watch = nullcontext,
    ) -> None:
        manifest = pack.manifest
        self.mel = MelExtractor(pack.mel_filters(), manifest.mel.hop_length)
        load = _load_at_once if at_once else _load_in_turn
        self.encoder, self.decoder = load(
            partial(
                AudioEncoder,
                pack,
                n_threads=n_threads,
                attention=attention,
                provider=placement.provider,
            ),
            partial(Decoder, pack, n_threads=n_threads, card=placement.card),
        )
        self.watch = watch
        self.prompts = PromptBuilder(
            manifest.tokens, self.decoder.tokenize, takes_context=manifest.takes_context
        )
        self._text_begins = manifest.tokens.asr_text
        self._hot_words = lru_cache(maxsize=2)(self._tree)

    def close(self) -> None:
        """Free the model."""
        self.decoder.close()

    def recognize(
        self,
        waveform: FloatArray,
        options: TranscribeOptions,
        cancel: CancelToken | None = None,
    ) -> Generator[str, None, Hypothesis]:
        """Recognise one clip.

        Args:
            waveform: float32 [n_samples], at least one hop (160 samples) long.
            options: language (canonical), context, budget.
            cancel: stops the work between tokens, and inside llama.cpp.

        Yields:
            The visible text so far, whenever it has grown.

        Returns:
            The whole hypothesis.

        Raises:
            ContextTooLongError, EngineError, Cancelled.
        """
        with self.watch():
            return (yield from self._recognize(waveform, options, cancel))

    def _recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None
    ) -> Generator[str, None, Hypothesis]:
        clock = Clock()
        mel = self.mel(waveform)
        timings = Timings(mel_s=clock.lap())
        embeds = self.encoder.encode(mel, cancel)
        timings += Timings(encode_s=clock.lap())
        prompt = self.prompts.build(context=options.context, language=options.language)
        budget = token_budget(len(waveform) / SAMPLE_RATE, options)
        n_prompt = self.decoder.prefill(prompt, embeds, max_new_tokens=budget, cancel=cancel)
        timings += Timings(prefill_s=clock.lap())
        tokens = self.decoder.generate(budget, bias=self.bias(options), cancel=cancel)
        answer = yield from read_answer(self.decoder, tokens, options.language)
        timings += Timings(decode_s=clock.lap())
        return replace(answer.hypothesis(n_prompt), timings=timings)

    def bias(self, options: TranscribeOptions) -> HotWordBias | None:
        """Give what prefers the hot words in one answer, None if there are none."""
        tree = self._hot_words(options.hot_words)
        if not tree:
            return None
        return HotWordBias(tree, None if options.language else self._text_begins)

    def _tree(self, words: tuple[str, ...]) -> HotWordTree:
        return HotWordTree(words, self.decoder.tokenize)


def read_answer(
    decoder: Decoder, tokens: Iterable[Token], language: str | None
) -> Generator[str, None, Answer]:
    """Read what the decoder generates, until it ends or runs into a loop.

    Args:
        decoder: knows the pieces of its tokens.
        tokens: what it generates.
        language: the language that was put into the prompt, if any.

    Yields:
        The visible text so far, whenever it has grown.
    """
    answer = Answer(decoder)
    for token in tokens:
        if not answer.take(token):
            break
        if text := visible_text(answer.text, language):
            yield text
    return answer


class Answer:
    """Collects what the decoder generates."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._ids: list[int] = []
        self._bytes = bytearray()
        self._logprob = 0.0
        self._ended = False
        self._looped = False

    def take(self, token: Token) -> bool:
        """Add a token; False if it was the last that is wanted."""
        self._logprob += token.logprob
        self._ended = self._decoder.is_end(token.id)
        if self._ended:
            return False
        self._ids.append(token.id)
        self._bytes += self._decoder.model.piece(token.id)
        self._looped = len(self._ids) % _LOOP_CHECK_EVERY == 0 and is_looping(self._ids)
        return not self._looped

    @property
    def text(self) -> str:
        """All text so far; an unfinished character at its end is U+FFFD."""
        return self._bytes.decode("utf-8", "replace")

    def hypothesis(self, n_prompt_tokens: int) -> Hypothesis:
        """Give the result so far."""
        n_scored = len(self._ids) + self._ended
        return Hypothesis(
            token_ids=tuple(self._ids),
            text=self.text,
            avg_logprob=self._logprob / n_scored if n_scored else 0.0,
            truncated=not self._ended,
            looped=self._looped or (not self._ended and is_looping(self._ids, is_cut_off=True)),
            n_prompt_tokens=n_prompt_tokens,
            timings=Timings(),
        )


class Clock:
    """Measures laps of wall-clock time, in seconds."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        """Give the time since the last lap."""
        now = time.perf_counter()
        lap_s, self._last = now - self._last, now
        return lap_s


def token_budget(duration_s: float, options: TranscribeOptions) -> int:
    """Give the most tokens that a clip may produce; speech needs 2 to 8 a second."""
    by_length = int(duration_s * options.max_tokens_per_s)
    return max(options.min_budget_tokens, by_length)


def _load_in_turn(
    make_encoder: Callable[[], AudioEncoder], make_decoder: Callable[[], Decoder]
) -> tuple[AudioEncoder, Decoder]:
    """Load the decoder first: that needs the most memory for a moment, then gives pages back."""
    decoder = make_decoder()
    with _closed_on_error(decoder):
        return make_encoder(), decoder


def _load_at_once(
    make_encoder: Callable[[], AudioEncoder], make_decoder: Callable[[], Decoder]
) -> tuple[AudioEncoder, Decoder]:
    with ThreadPoolExecutor(1, thread_name_prefix="encoder") as pool:
        encoder = pool.submit(make_encoder)
        decoder = make_decoder()
    with _closed_on_error(decoder):
        return encoder.result(), decoder


@contextmanager
def _closed_on_error(decoder: Decoder) -> Iterator[None]:
    """Free the decoder if the block raises: nobody else could."""
    try:
        yield
    except BaseException:
        decoder.close()
        raise
