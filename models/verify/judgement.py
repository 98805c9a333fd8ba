"""What a verification found: every stage of every clip, the texts, the quantisations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.verify.compare import Quantization, StageResult
from models.verify.metrics import ErrorRate, character_errors, sum_errors, word_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPair:
    """What both sides wrote for a clip, and what was said, where it is known."""

    clip: str
    reference: str
    official: str
    ours: str
    truth: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Error rates over a set of text pairs, normalised as in ``metrics``.

    Attributes:
        wer, cer: of our texts against the official ones.
        truth_wer, official_wer: of ours and of the official ones against what was said.
        truth_cer, official_cer: the same by characters.
    """

    n_clips: int
    n_spoken: int
    wer: float
    cer: float
    truth_wer: float
    official_wer: float
    truth_cer: float
    official_cer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    """One encoder quantisation with one decoder quantisation.

    Attributes:
        embeds_cosine: of the audio embeddings with the official ones, smallest of all clips.
        logits_cosine: of the teacher-forced logits, smallest of all clips.
        logits_max_abs: largest difference of a centred logit.
        n_same: clips whose text is the official one, out of rates.n_clips.
    """

    quantization: Quantization
    encoder_bytes: int
    decoder_bytes: int
    embeds_cosine: float
    logits_cosine: float
    logits_max_abs: float
    n_same: int
    rates: Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everything that a report shows.

    Attributes:
        versions: of each implementation.
        audio: what was heard, in words.
    """

    pack: str
    checkpoint: str
    weights_sha256: str
    quantization: Quantization
    machine: str
    audio: str
    versions: dict[str, dict[str, str]]
    results: tuple[StageResult, ...]
    texts: tuple[TextPair, ...]
    sweep: tuple[SweepRow, ...] = ()

    @property
    def failures(self) -> tuple[StageResult, ...]:
        """Stages that had to agree and did not."""
        return tuple(result for result in self.results if result.passed is False)

    @property
    def passed(self) -> bool:
        """Whether everything that had to agree agreed."""
        return not self.failures

    @property
    def references(self) -> tuple[str, ...]:
        """The implementations, in the order in which they were run."""
        return tuple(self.versions)


def rate_texts(pairs: Iterable[TextPair]) -> Rates:
    """Count word and character errors of a set."""
    pairs = list(pairs)
    spoken = [pair for pair in pairs if pair.truth is not None]
    ours = [(pair.truth or "", pair.ours) for pair in spoken]
    official = [(pair.truth or "", pair.official) for pair in spoken]
    both = [(pair.official, pair.ours) for pair in pairs]
    return Rates(
        n_clips=len(pairs),
        n_spoken=len(spoken),
        wer=_words(both).rate,
        cer=_characters(both).rate,
        truth_wer=_words(ours).rate,
        official_wer=_words(official).rate,
        truth_cer=_characters(ours).rate,
        official_cer=_characters(official).rate,
    )


def _words(pairs: list[tuple[str, str]]) -> ErrorRate:
    return sum_errors(word_errors(a, b, normalised=True) for a, b in pairs)


def _characters(pairs: list[tuple[str, str]]) -> ErrorRate:
    return sum_errors(character_errors(a, b, normalised=True) for a, b in pairs)
