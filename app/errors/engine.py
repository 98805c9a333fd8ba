"""Recognition: the two models, the device, the context, the language, the speech gate."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors.base import SongshuError


class EngineError(SongshuError, RuntimeError):
    """The recognition engine failed."""


class EncoderError(EngineError):
    """ONNX Runtime could not load or run a part of the audio encoder."""

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(
            f"The audio encoder ({part}) failed: {reason}. Verify the pack; if it is intact, "
            "close other programs to free memory and try again."
        )


class DecoderError(EngineError):
    """llama.cpp could not load or run the text decoder."""

    def __init__(self, step: str, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(
            f"The text decoder failed to {step}: {reason}. Verify the pack; if it is intact, "
            "close other programs to free memory and try again."
        )


class DeviceError(EngineError, ValueError):
    """A device to compute on cannot be used; the processor always can."""

    def __init__(self, device: str, reason: str) -> None:
        self.device = device
        self.reason = reason
        super().__init__(
            f"{device} cannot be used: {reason}. The command 'devices' lists what there is."
        )


class NoModelError(EngineError):
    """Nothing can be recognised, because no model can be used."""

    def __init__(self) -> None:
        super().__init__("There is no model that can be used. Add one on the page Models.")


class ContextTooLongError(EngineError, ValueError):
    """The context text leaves no room for the audio."""

    def __init__(self, n_tokens: int, limit_tokens: int) -> None:
        self.n_tokens = n_tokens
        self.limit_tokens = limit_tokens
        super().__init__(
            f"The context has {n_tokens} tokens, at most {limit_tokens} fit. Shorten it."
        )


class LanguageError(SongshuError, ValueError):
    """A language was asked for that the pack does not know."""

    def __init__(self, language: str, supported: Sequence[str]) -> None:
        self.language = language
        self.supported = tuple(supported)
        super().__init__(
            f"This model does not know the language {language!r}. "
            f"It knows: {', '.join(self.supported)}."
        )


class SpeechGateError(SongshuError, RuntimeError):
    """The speech gate's model could not be loaded or run."""

    def __init__(self, step: str, reason: str) -> None:
        self.step = step
        self.reason = reason
        super().__init__(
            f"The speech gate could not {step} its model: {reason}. Install Songshu again; until "
            "then the gate can be switched off."
        )
