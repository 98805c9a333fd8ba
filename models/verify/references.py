"""Which implementation answers for which attention mode, and on which clips it binds.

``official`` (qwen-asr) attends over the whole clip and is compared with the pack in mode ``full``;
``native`` (transformers 5) attends within windows and is compared in mode ``windowed``. One pack
serves both, since the mode only decides how the rows are batched. The starter has no official
implementation; ``whisper`` is our own torch wording of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.json_file import read_json
from models.verify.clips import CHUNK_SAMPLES, Clip
from models.verify.errors import NothingToVerifyError
from models.verify.protocol import ROOT, RUNNER

NATIVE_PADS = "not binding: the native classes pad a clip below 1 s, qwen-asr does not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An implementation to compare with.

    Attributes:
        implementation: its name for the runner.
        attention: the mode of the pack that it answers for; None for the pack's own.
        environment: folder of its environment in the checkout.
    """

    implementation: str
    attention: str | None
    environment: str

    @property
    def command(self) -> tuple[str, ...]:
        """Interpreter and module to run."""
        scripts = ROOT / self.environment / "Scripts" / "python.exe"
        python = scripts if scripts.is_file() else ROOT / self.environment / "bin" / "python"
        return (str(python), *RUNNER)

    def expected_difference(self, clip: Clip) -> str:
        """Say why a clip is not judged against this implementation, or ""."""
        short = len(clip.waveform) < CHUNK_SAMPLES
        return NATIVE_PADS if self.implementation == "native" and short else ""


OFFICIAL = Reference(implementation="official", attention="full", environment=".venv-official")
NATIVE = Reference(implementation="native", attention="windowed", environment=".venv-native")
WHISPER = Reference(implementation="whisper", attention=None, environment=".venv-official")


def choose_references(checkpoint: Path, wanted: str) -> tuple[Reference, ...]:
    """Return the implementations that can load a checkpoint, out of those that are wanted.

    Args:
        checkpoint: its folder.
        wanted: "official", "native" or "both".

    Raises:
        NothingToVerifyError: none of them can.
        CheckpointError: config.json is missing or unreadable.
    """
    config = read_json(checkpoint / "config.json", "the kind of model")
    if config.get("model_type") == "whisper_qwen3_asr":
        return (WHISPER,)
    able = (OFFICIAL, NATIVE) if "thinker_config" in config else (NATIVE,)
    chosen = tuple(item for item in able if wanted in (item.implementation, "both"))
    if not chosen:
        raise NothingToVerifyError(f"{checkpoint} is in the native layout, qwen-asr cannot load it")
    return chosen
