"""Does a device compute the same as the processor? Run by the child of app/engine/device_child.py.

    sample -> model on the processor -> text, logits
           -> model on the device, the processor's text imposed -> logits, and its own text
           -> judge: the same within rounding, or garbage

Text alone would not do: models differ in strength, and a made-up one writes nonsense on both. So
the logits of the same tokens are compared, in prefill and token by token: other kernels do that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from app import paths
from app.engine.hypothesis import visible_text
from app.engine.machine import default_threads
from app.engine.outcome import Outcome, reason_of
from app.engine.pack import Pack, open_pack
from app.engine.placement import PROCESSOR, Placement, parse_placement
from app.engine.types import FloatArray
from app.errors import SongshuError

OnStep: TypeAlias = Callable[[str], None]
SAMPLE = "squirrel"
N_TOKENS = 32  # enough to see a wrong kernel, and 2 s on a slow processor
# Of the logits' own spread, for the worst token. Rounding to F16 gives 0.02, a card that computes
# nonsense 1 and more; in between lies what a broken driver does to a single layer.
MAX_ERROR = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A graphics card that the decoder could run on; its place in the list is its number.

    Attributes:
        name: as its driver calls it.
        driver: name and version of the driver, for people.
        build: mark of this build of the driver.
    """

    name: str
    driver: str
    build: str

    def to_json(self) -> dict[str, str]:
        """Give it as JSON takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a model made of the sample.

    Attributes:
        text: what it wrote by itself.
        token_ids: the same.
        logits: float32 [n_tokens, n_vocab] before each of the imposed tokens.
    """

    text: str
    token_ids: tuple[int, ...]
    logits: FloatArray


def find_cards() -> list[Card]:
    """List the graphics cards, which loads every driver into this process."""
    from app.engine import llama
    from app.engine.vulkan_driver import list_drivers

    if not llama.has_graphics_library():
        return []
    drivers = {driver.card: driver for driver in list_drivers()}
    found = []
    for card in llama.graphics_cards():
        driver = drivers.get(card.name)
        build, name = (driver.build, driver.name) if driver else ("", "")
        found.append(Card(name=card.name, driver=name, build=build))
    return found


def run_trial(
    device: str, pack: str, n_threads: int | None, on_step: OnStep = lambda step: None
) -> Iterator[dict[str, Any]]:
    """Compare a device with the processor.

    Args:
        device: as ``parse_placement`` reads it.
        pack: place of the model.
        n_threads: None takes the physical cores.
        on_step: is told what was done, many times: a sign of life.

    Yields:
        Messages for the parent: what is begun, then the outcome.
    """
    opened, threads = open_pack(Path(pack)), n_threads or default_threads()
    waveform = read_sample()
    yield {"stage": "processor"}
    reference = try_out(opened, PROCESSOR, waveform, threads, on_step=on_step)
    yield {"stage": "device"}
    try:
        placement, imposed = parse_placement(device), reference.token_ids
        tried = try_out(opened, placement, waveform, threads, imposed, on_step=on_step)
    except SongshuError as exc:
        yield {"outcome": Outcome.FAILED, "detail": reason_of(exc)}
        return
    error = deviation(reference.logits, tried.logits)
    yield {"outcome": judge(reference, tried), "detail": tried.text, "error": error}


def read_sample() -> FloatArray:
    """Read the bundled clip: float32 [n_samples] at 16 kHz."""
    from app.audio.decode import open_audio

    with open_audio(paths.bundle_folder() / "samples" / f"{SAMPLE}.wav") as audio:
        return np.concatenate(list(audio.blocks()))


def try_out(
    pack: Pack,
    placement: Placement,
    waveform: FloatArray,
    n_threads: int,
    imposed: tuple[int, ...] | None = None,
    *,
    on_step: OnStep = lambda step: None,
) -> Trial:
    """Recognise a clip, and score a text.

    Args:
        pack: the model.
        placement: where it runs.
        waveform: float32 [n_samples].
        n_threads: of the processor.
        imposed: tokens to score; by default those that it writes.
        on_step: is told what was done.
    """
    from app.engine.clip import ClipRecognizer

    with closing(ClipRecognizer(pack, n_threads=n_threads, placement=placement)) as clips:
        on_step("loaded")
        embeds = clips.encoder.encode(clips.mel(waveform))
        on_step("encoded")
        prompt = clips.prompts.build(context="", language=None)
        decoder = clips.decoder
        decoder.prefill(prompt, embeds, max_new_tokens=N_TOKENS)
        on_step("prefilled")
        ids = []
        for token in decoder.generate(N_TOKENS):
            ids.append(token.id)
            on_step("generated")
        decoder.prefill(prompt, embeds, max_new_tokens=N_TOKENS)
        on_step("prefilled")
        logits = decoder.score(imposed or ids)
        written = [token_id for token_id in ids if not decoder.is_end(token_id)]
        return Trial(
            text=visible_text(decoder.text(written), None), token_ids=tuple(ids), logits=logits
        )


def deviation(reference: FloatArray, tried: FloatArray) -> float:
    """Give how far logits are from what they should be, for the worst token.

    Args:
        reference, tried: float32 [n_tokens, n_vocab].

    Returns:
        0 if they are the same, 1 if nothing of them is right; infinite if they are no numbers.
    """
    if not np.isfinite(tried).all():
        return float("inf")
    spread = reference - reference.mean(axis=1, keepdims=True)
    off = tried - tried.mean(axis=1, keepdims=True) - spread  # softmax ignores a common shift
    scale = np.maximum(np.linalg.norm(spread, axis=1), 1e-6)
    return float((np.linalg.norm(off, axis=1) / scale).max())


def judge(reference: Trial, tried: Trial) -> Outcome:
    """Say whether a device computes what the processor does."""
    if reference.text.strip() and not tried.text.strip():
        return Outcome.GARBAGE
    wrong = deviation(reference.logits, tried.logits) > MAX_ERROR
    return Outcome.GARBAGE if wrong else Outcome.GOOD
