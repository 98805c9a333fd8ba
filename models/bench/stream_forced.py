"""What a random model would say if it could hear: a text that grows with the sound.

Random weights answer noise with noise, and any change of the sound changes the whole answer, so
nothing could be drafted. Here everything is computed as ever, but the tokens are scripted: as many
as speech has, the same as before but for the last ones, which are revised as real models do.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import numpy.typing as npt

from app.audio.vad import N_FRAME
from app.engine.cancel import CancelToken
from app.engine.clip import ClipRecognizer
from app.engine.decoder import Token, most_probable
from app.engine.draft_decoder import Judge
from app.engine.growing_clip import GrowingClips, Savings
from app.engine.hot_words import HotWordBias
from app.engine.manifest import Manifest, SpecialTokens
from app.engine.types import SAMPLE_RATE, FloatArray, Hypothesis, TranscribeOptions

N_REVISED = 2  # tokens at the end of an answer that the next answer says otherwise
_FIRST_ID, _N_IDS = 1000, 8000  # of the ordinary text tokens; fewer in a small vocabulary


class ForcedJudge(Judge):
    """Chooses the tokens of a script; does the work of choosing all the same.

    Args:
        tokens: of the model; a script takes ordinary text, whose ids are below all of these.
    """

    def __init__(self, tokens: SpecialTokens) -> None:
        self._end_id = tokens.eos[0]
        prompt = tokens.im_start, tokens.im_end, tokens.endoftext, tokens.asr_text
        audio = tokens.audio_start, tokens.audio_end, tokens.audio_pad
        n_text = min(*prompt, *audio, *tokens.eos)
        self._first_id = min(_FIRST_ID, n_text // 2)
        self._n_ids = min(_N_IDS, n_text - self._first_id)
        self._ids: list[int] = []
        self._n_answers = 0

    def begin(self, n_tokens: int) -> None:
        """Prepare the next answer."""
        steady = self._shuffled(1, n_tokens)
        self._n_answers += 1
        revised = self._shuffled(100 + self._n_answers, n_tokens)
        n_steady = max(0, n_tokens - N_REVISED)
        ids = [*steady[:n_steady].tolist(), *revised[: n_tokens - n_steady].tolist()]
        self._ids = [*ids, self._end_id]

    def _shuffled(self, seed: int, n_tokens: int) -> npt.NDArray[np.int64]:
        ids = np.random.default_rng(seed).permutation(self._n_ids) + self._first_id
        return np.resize(ids, n_tokens)

    def choose(self, logits: FloatArray, bias: HotWordBias | None) -> Token:
        """Give the next token of the script."""
        token = most_probable(logits, bias)
        return Token(id=self._ids.pop(0), logprob=token.logprob)

    def is_clear(self, logits: FloatArray, bias: HotWordBias | None) -> bool:
        """Look, and say yes: what a random model is sure of means nothing."""
        super().is_clear(logits, bias)
        return True


class ForcedClips(GrowingClips):
    """Growing clips that say a script.

    Args:
        tokens_per_s: of sound.
    """

    def __init__(
        self,
        clips: ClipRecognizer,
        manifest: Manifest,
        savings: Savings,
        tokens_per_s: float,
    ) -> None:
        self._forced = ForcedJudge(manifest.tokens)
        self._tokens_per_s = tokens_per_s
        super().__init__(clips, manifest, savings, self._forced)

    def recognize(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Generator[str, None, Hypothesis]:
        """Recognise one clip; see ``GrowingClips``."""
        self._begin(waveform)
        return (yield from super().recognize(waveform, options, cancel))

    def preview(
        self, waveform: FloatArray, options: TranscribeOptions, cancel: CancelToken | None = None
    ) -> Hypothesis:
        """Recognise a clip that will go on; see ``GrowingClips``."""
        self._begin(waveform)
        return super().preview(waveform, options, cancel)

    def _begin(self, waveform: FloatArray) -> None:
        self._forced.begin(round(len(waveform) / SAMPLE_RATE * self._tokens_per_s))


class AnySound:
    """A speech gate that takes every sound for speech, but no digital silence."""

    def has_speech(self, waveform: FloatArray) -> bool:
        """Say whether float32 [n_samples] holds anything."""
        return bool(waveform.any())


class OneUtterance:
    """A tracker that hears one utterance: speech up to a time, then silence.

    Args:
        speech_s: where it ends.
    """

    def __init__(self, speech_s: float) -> None:
        self._n_speech = round(speech_s * SAMPLE_RATE)
        self._n_pushed = self._n_judged = 0

    def push(self, waveform: FloatArray) -> FloatArray:
        """Give a probability of 1 or 0 for every whole frame."""
        self._n_pushed += len(waveform)
        starts = np.arange(self._n_judged, self._n_pushed - N_FRAME + 1, N_FRAME)
        self._n_judged += N_FRAME * len(starts)
        return (starts < self._n_speech).astype(np.float32)
