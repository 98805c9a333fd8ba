"""What loads a model, and what it gives: the seam between the engine and those who use it.

The window and the command line need to know these shapes from the first moment, but ONNX Runtime,
llama.cpp and FFmpeg take most of a second to load. So nothing heavy is imported here before
``load_engine`` is called, which the window does in its engine thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.engine.cancel import CancelToken
from app.engine.pack import open_pack
from app.engine.pack_choice import choose_pack
from app.engine.placement import CPU, parse_placement
from app.engine.types import AudioChunk, Event, TranscribeOptions


class PackFacts(Protocol):
    """What users of a model need of its manifest."""

    @property
    def name(self) -> str:
        """Name of the pack."""
        ...

    @property
    def max_chunk_s(self) -> float:
        """Longest chunk that the model is good at, in seconds."""
        ...

    @property
    def takes_context(self) -> bool:
        """Whether the model understands text in the system prompt."""
        ...


class Transcriber(Protocol):
    """A loaded model: what its users need of a recognizer."""

    @property
    def manifest(self) -> PackFacts:
        """Manifest of the loaded pack."""
        ...

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        ...

    def check_language(self, language: str | None) -> str | None:
        """Return the canonical name of a language, or raise LanguageError."""
        ...

    def transcribe(
        self,
        chunks: Iterable[AudioChunk],
        options: TranscribeOptions,
        cancel: CancelToken | None = None,
    ) -> Iterator[Event]:
        """Yield events as the chunks are recognised."""
        ...

    def close(self) -> None:
        """Free the model."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which model to load, and how.

    Attributes:
        pack: path or name; None takes the first that is found.
        n_threads: None takes the physical cores.
        use_gate: ask the speech gate before the model.
        device: what it runs on, as ``parse_placement`` reads it.
    """

    pack: str | None
    n_threads: int | None
    use_gate: bool
    device: str = CPU


Loader: TypeAlias = Callable[[LoadOptions], Transcriber]


def load_engine(options: LoadOptions) -> Transcriber:
    """Load the model of a pack, on the device that is named, whether it was tested or not.

    Raises:
        PackError, EngineError, SpeechGateError: it cannot be used.
    """
    from app.audio.vad import SpeechGate
    from app.engine.recognizer import load_recognizer

    gate = SpeechGate() if options.use_gate else None
    pack = open_pack(choose_pack(options.pack))
    placement = parse_placement(options.device)
    return load_recognizer(pack, n_threads=options.n_threads, gate=gate, placement=placement)
