"""Loads a model on the device that a person chose, if that device has passed its test.

    options -> processor: load it
            -> card or accelerator -> child: which cards, which drivers?  dies -> refused
                                   -> remembered for this driver, model and version?
                                   -> else child: test on the bundled clip; dies, hangs -> refused
            -> did Songshu die twice while it computed (``device_use``)? -> refused
            -> good: load it there;  refused: say so, and load it on the processor

Whatever a driver does happens in a child first. What passes that and still dies in the middle of a
job can do so twice: the job goes on at the next start, and the third time on the processor. One
guard serves one process; ``close`` ends a test from another thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app import __version__, paths
from app.engine.device_child import ChildEnd, Stop, own_command, run_child
from app.engine.device_memory import DeviceMemory, Verdict
from app.engine.device_use import DeviceUse
from app.engine.loading import Loader, LoadOptions, Transcriber, load_engine
from app.engine.outcome import Outcome, Refusal, reason_of
from app.engine.pack import open_pack
from app.engine.pack_choice import choose_pack
from app.engine.pack_library import pack_mark
from app.engine.placement import CPU, Placement, parse_placement
from app.errors import DecoderError, DeviceError, EncoderError, EngineError

_log = logging.getLogger(__name__)
MOST_DEATHS = 2  # one may have had another reason: no power, a person who killed it
CARDS_S = 30.0  # to load every driver of a system and list its cards; takes 0.3 s
# For each step: loading, prefill, every token. A card that hangs is found in a minute, and a
# driver that has never seen our shaders may translate them for three, by its processor time.
STAGE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a child may say and compute nothing, in seconds (``run_child``)."""

    cards_s: float = CARDS_S
    stage_s: float = STAGE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCards:
    """What the child says of graphics cards.

    Attributes:
        cards: name, driver and build of each, in the order of their numbers.
        outcome: CRASH or HANG if looking for them did that, FAILED if it could not be begun.
        detail: the last words of a driver, or of the system.
    """

    cards: tuple[dict[str, str], ...] = ()
    outcome: Outcome = Outcome.GOOD
    detail: str = ""


class DeviceGuard:
    """Stands between those who choose a device and the engine. Used by any thread.

    Args:
        load: loads a model on the device of its options, without asking.
        memory: of earlier tests.
        use: of devices, and how that ended.
        command: starts a child.
        limits: how long it may say nothing.
        on_testing: is told the name of a device whose test begins.
        on_refused: is told why the processor is used instead.
    """

    def __init__(
        self,
        *,
        load: Loader = load_engine,
        memory: DeviceMemory | None = None,
        use: DeviceUse | None = None,
        command: Sequence[str] | None = None,
        limits: Limits | None = None,
        on_testing: Callable[[str], None] = lambda name: None,
        on_refused: Callable[[Refusal], None] = lambda refusal: None,
    ) -> None:
        self._load = load
        self._memory = memory or DeviceMemory()
        self._use = use or DeviceUse()
        self._command = list(command or own_command())
        self._limits = limits or Limits()
        self._on_testing = on_testing
        self._on_refused = on_refused
        self._stop = Stop()

    def close(self) -> None:
        """End a test that runs, and begin none any more."""
        self._stop.set()

    def load(self, options: LoadOptions) -> Transcriber:
        """Load a model on the chosen device, or on the processor if that may not be used.

        Raises:
            DeviceError: nothing is called so. PackError, EngineError, SpeechGateError: the model
                cannot be used on the processor either.
        """
        placement = parse_placement(options.device)
        on_processor = replace(options, device=CPU)
        if placement.is_processor:
            return self._load(on_processor)
        refusal = self.check(placement, options)
        if refusal is None:
            try:
                return self._load(replace(options, device=placement.key))
            except (EncoderError, DecoderError, DeviceError) as exc:  # its memory is taken, say
                refusal = _refusal(placement, placement.key, Outcome.FAILED, reason_of(exc))
        _log.warning("%s", refusal)
        self._on_refused(refusal)
        return self._load(on_processor)

    def check(self, placement: Placement, options: LoadOptions) -> Refusal | None:
        """Test a device, if that was not done for this driver, model and version of Songshu.

        Returns:
            Why it may not be used; None if it may.

        Raises:
            PackError: the model is none. EngineError: the guard was closed.
        """
        place = choose_pack(options.pack)
        if place != paths.BUILT_IN_PACK:
            place = place.absolute()  # the child has a working folder of its own
        open_pack(place)  # a model that is broken is no fault of the device
        facts = {"songshu": __version__, "model": f"{place} {pack_mark(place)}"}
        name = placement.label("")
        if placement.card is not None:
            found = self.find_cards()
            if placement.card >= len(found.cards):
                outcome = Outcome.ABSENT if found.outcome is Outcome.GOOD else found.outcome
                return _refusal(placement, placement.key, outcome, found.detail)
            card = found.cards[placement.card]
            name = placement.label(card["name"])
            facts |= driver_facts(card)
        verdict = self._memory.recall(placement.key, facts)
        if verdict is None:
            self._on_testing(name)
            self._use.forget(placement.key)
            verdict = self._test(placement, place, options.n_threads, facts)
        elif self._use.n_deaths(placement.key) >= MOST_DEATHS:
            verdict = Verdict(outcome=Outcome.DIED)
            self._memory.remember(placement.key, facts, verdict)
            self._use.forget(placement.key)
        if verdict.outcome is Outcome.GOOD:
            return None
        return _refusal(placement, name, verdict.outcome, verdict.detail)

    def forget(self, placement: Placement) -> None:
        """Have a device tested again at its next use."""
        self._memory.forget(placement.key)
        self._use.forget(placement.key)

    def find_cards(self) -> FoundCards:
        """Ask a child which graphics cards there are; here no driver is loaded.

        Raises:
            EngineError: the guard was closed.
        """
        end = self._run("cards", silence_s=self._limits.cards_s)
        cards = end.answer("cards")
        if cards is not None:
            return FoundCards(cards=tuple(cards))
        outcome = Outcome.HANG if end.exit_code is None else Outcome.CRASH
        if not end.has_begun:
            outcome = Outcome.FAILED
        return FoundCards(outcome=outcome, detail=_last_words(end))

    def _test(
        self, placement: Placement, pack: Path, n_threads: int | None, facts: dict[str, str]
    ) -> Verdict:
        arguments = ("test", placement.key, str(pack), str(n_threads or 0))
        end = self._run(*arguments, silence_s=self._limits.stage_s)
        verdict = verdict_of(end)
        _log.info("test of %s: %s (%s)", placement.key, verdict.outcome, end.answer("error"))
        if end.answer("stage") == "device":  # else it is the processor that failed
            self._memory.remember(placement.key, facts, verdict)
        return verdict

    def _run(self, *arguments: str, silence_s: float) -> ChildEnd:
        end = run_child([*self._command, *arguments], silence_s=silence_s, stop=self._stop)
        if self._stop.is_set:
            raise EngineError("the test of the device was stopped")
        for line in end.noise:
            _log.info("device child: %s", line)
        return end


def driver_facts(card: dict[str, str]) -> dict[str, str]:
    """Give what a verdict on a card holds for, besides model and version."""
    return {"card": card["name"], "driver": card["driver"], "build": card["build"]}


def verdict_of(end: ChildEnd) -> Verdict:
    """Say how a test ended."""
    outcome = end.answer("outcome")
    if outcome is not None:
        return Verdict(outcome=Outcome(outcome), detail=str(end.answer("detail") or ""))
    if end.answer("stage") != "device":
        return Verdict(outcome=Outcome.FAILED, detail=_last_words(end))
    hung = end.exit_code is None
    return Verdict(outcome=Outcome.HANG if hung else Outcome.CRASH, detail=_last_words(end))


def _last_words(end: ChildEnd) -> str:
    return end.noise[-1] if end.noise else ""


def _refusal(placement: Placement, name: str, outcome: Outcome, detail: str) -> Refusal:
    return Refusal(device=placement.key, name=name, outcome=outcome, detail=detail)
