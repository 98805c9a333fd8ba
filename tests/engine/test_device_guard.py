"""A device is used once it has passed its test, and a driver may do anything in the meantime.

The children are real processes that really die and hang; only what they say is made up here.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import paths
from app.engine import device_guard
from app.engine.device_child import MARK, Stop, run_child
from app.engine.device_guard import DeviceGuard, Limits
from app.engine.device_memory import DeviceMemory, Verdict
from app.engine.device_use import DeviceUse
from app.engine.loading import LoadOptions, Transcriber
from app.engine.outcome import REASONS, Outcome, Refusal
from app.engine.placement import parse_placement
from app.errors import DecoderError, DeviceError, EngineError, PackNotFoundError
from tests.cli.fakes import FakeTranscriber
from tests.engine.dying import die_computing
from tests.packs import PACKS

CARD = {"name": "Squirrel 9", "driver": "acorn 1.0", "build": "01"}
TINY = str(PACKS / "tiny")
LONG_S = 60.0  # reached only when something is broken
SHORT = Limits(cards_s=LONG_S, stage_s=5.0)  # Python starts within, also on a busy computer
DIES = "import os; os.abort()"
FAULTS = "import ctypes; ctypes.string_at(0)"
HANGS = "import threading; threading.Event().wait()"
GARBAGE = {"outcome": "garbage", "detail": "!!!!!!!!"}
GOOD = {"outcome": "good", "detail": "a squirrel", "error": 0.01}


def says(**message: Any) -> str:
    return f"print({MARK + json.dumps(message)!r}, flush=True)"


class Child:
    """Writes the program that stands for ours as a child, and counts how often it tests."""

    def __init__(self, folder: Path) -> None:
        self.tests = folder / "tests"
        self._file = folder / "child.py"
        self.becomes(test=says(**GOOD))

    @property
    def command(self) -> Sequence[str]:
        return [sys.executable, str(self._file)]

    @property
    def n_tests(self) -> int:
        return len(self.tests.read_text()) if self.tests.exists() else 0

    def becomes(self, *, test: str, cards: str = says(cards=[CARD])) -> None:
        in_test = [
            f"open({str(self.tests)!r}, 'a').write('x')",
            says(stage="processor"),
            says(stage="device"),
            test,
        ]
        lines = [
            "import sys",
            "if sys.argv[1] == 'cards':",
            *(f"    {line}" for line in cards.splitlines()),
            "else:",
            *(f"    {line}" for part in in_test for line in part.splitlines()),
        ]
        self._file.write_text("\n".join(lines))


class Rig:
    """A guard with everything it tells and loads."""

    def __init__(self, folder: Path) -> None:
        self.child = Child(folder)
        self.memory = DeviceMemory(folder / "data" / "devices.json")
        self.use = DeviceUse(folder / "data")
        self.loaded: list[str] = []
        self.refused: list[Refusal] = []
        self.tested: list[str] = []
        self.fails_on: set[str] = set()

    def guard(self) -> DeviceGuard:
        return DeviceGuard(
            load=self._load,
            memory=self.memory,
            use=self.use,
            command=self.child.command,
            limits=SHORT,
            on_testing=self.tested.append,
            on_refused=self.refused.append,
        )

    def load(self, device: str = "vulkan:0") -> None:
        self.guard().load(options(device))

    def _load(self, options: LoadOptions) -> Transcriber:
        if options.device in self.fails_on:
            raise DecoderError("load", "no memory on the card")
        self.loaded.append(options.device)
        return FakeTranscriber()


def options(device: str) -> LoadOptions:
    return LoadOptions(pack=TINY, n_threads=1, use_gate=False, device=device)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_processor_needs_no_test(rig: Rig) -> None:
    rig.load("cpu")
    assert (rig.loaded, rig.child.n_tests, rig.tested) == (["cpu"], 0, [])


def test_good_device_is_tested_once_and_used(rig: Rig) -> None:
    rig.load()
    rig.load()
    assert rig.loaded == ["vulkan:0", "vulkan:0"]
    assert (rig.child.n_tests, rig.tested, rig.refused) == (1, ["Squirrel 9"], [])


@pytest.mark.parametrize(
    ("program", "outcome", "detail"),
    [
        (DIES, Outcome.CRASH, ""),
        (f"print('GPU fell off the bus', flush=True)\n{DIES}", Outcome.CRASH, "GPU fell off"),
        (FAULTS, Outcome.CRASH, ""),
        ("sys.exit(3)", Outcome.CRASH, ""),
        (HANGS, Outcome.HANG, ""),
        (says(**GARBAGE), Outcome.GARBAGE, "!!!!!!!!"),
        (f"{says(**GARBAGE)}\n{DIES}", Outcome.GARBAGE, "!!!!!!!!"),
        (says(outcome="failed", detail="no memory"), Outcome.FAILED, "no memory"),
    ],
)
def test_bad_device_is_refused_once_and_for_all_and_the_processor_goes_on(
    rig: Rig, program: str, outcome: Outcome, detail: str
) -> None:
    rig.child.becomes(test=program)
    rig.load()
    rig.load()
    assert rig.loaded == ["cpu", "cpu"]
    assert rig.child.n_tests == 1
    assert [refusal.outcome for refusal in rig.refused] == [outcome, outcome]
    assert rig.refused[0].name == "Squirrel 9"
    assert detail in rig.refused[0].detail
    message = str(rig.refused[1])
    assert REASONS[outcome] in message
    assert "The processor recognises instead" in message


@pytest.mark.parametrize(
    ("cards", "outcome"),
    [
        (says(cards=[]), Outcome.ABSENT),
        (DIES, Outcome.CRASH),
    ],
)
def test_card_that_cannot_even_be_listed_is_not_used_and_not_remembered(
    rig: Rig, cards: str, outcome: Outcome
) -> None:
    rig.child.becomes(test=says(**GOOD), cards=cards)
    rig.load()
    assert rig.loaded == ["cpu"]
    assert [refusal.outcome for refusal in rig.refused] == [outcome]
    rig.child.becomes(test=says(**GOOD))
    rig.load()
    assert rig.loaded == ["cpu", "vulkan:0"]


def test_driver_that_hangs_while_cards_are_listed_is_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.child.becomes(test=says(**GOOD), cards=HANGS)
    limits = Limits(cards_s=0.5, stage_s=LONG_S)
    guard = DeviceGuard(memory=rig.memory, command=rig.child.command, limits=limits)
    assert guard.find_cards().outcome is Outcome.HANG


def test_fault_of_the_processor_is_not_put_on_the_device(rig: Rig, tmp_path: Path) -> None:
    rig.child.becomes(test=DIES)
    program = Path(rig.child.command[1])
    program.write_text(program.read_text().replace(says(stage="device"), DIES))
    rig.load()
    assert [refusal.outcome for refusal in rig.refused] == [Outcome.FAILED]
    assert rig.memory.recall("vulkan:0", {}) is None


@pytest.mark.parametrize("changed", ["driver", "build", "name"])
def test_new_driver_or_card_is_tested_again(rig: Rig, changed: str) -> None:
    rig.child.becomes(test=DIES)
    rig.load()
    rig.child.becomes(test=says(**GOOD), cards=says(cards=[{**CARD, changed: "new"}]))
    rig.load()
    assert (rig.loaded, rig.child.n_tests) == (["cpu", "vulkan:0"], 2)


def test_new_version_of_songshu_tests_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.load()
    monkeypatch.setattr(device_guard, "__version__", "99.0")
    rig.load()
    assert rig.child.n_tests == 2


def test_other_model_is_tested_by_itself(rig: Rig) -> None:
    rig.load()
    other = LoadOptions(pack=str(PACKS / "starter"), n_threads=1, use_gate=False, device="vulkan:0")
    rig.guard().load(other)
    assert rig.child.n_tests == 2


def test_model_is_named_so_that_the_child_finds_it_from_its_own_folder(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PACKS)
    rig.child.becomes(test=f"open(sys.argv[3] + '/manifest.json').close()\n{says(**GOOD)}")
    rig.guard().load(replace(options("vulkan:0"), pack="tiny"))
    assert (rig.loaded, rig.refused) == (["vulkan:0"], [])


def test_message_after_half_a_line_of_a_driver_is_heard(rig: Rig) -> None:
    rig.child.becomes(
        test="sys.stdout.write('loading')\n"
        f"sys.path.insert(0, {str(paths.bundle_folder())!r})\n"
        "from app.engine.device_child import say\n"
        "say(outcome='good')"
    )
    limits = Limits(cards_s=LONG_S, stage_s=LONG_S)  # it imports first
    guard = DeviceGuard(load=rig._load, memory=rig.memory, command=rig.child.command, limits=limits)
    guard.load(options("vulkan:0"))
    assert rig.loaded == ["vulkan:0"]


def test_message_that_was_cut_off_is_none(rig: Rig) -> None:
    rig.child.becomes(test=f"sys.stdout.write({MARK!r} + '{{')\nsys.stdout.flush()\n{DIES}")
    rig.load()
    assert rig.loaded == ["cpu"]
    assert [refusal.outcome for refusal in rig.refused] == [Outcome.CRASH]


def test_child_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    guard = DeviceGuard(memory=rig.memory, command=[str(tmp_path / "gone")], limits=SHORT)
    found = guard.find_cards()
    assert found.outcome is Outcome.FAILED
    assert "gone" in found.detail


def test_forgotten_verdict_is_made_anew(rig: Rig) -> None:
    rig.load()
    rig.memory.forget("vulkan:1")
    rig.load()
    assert rig.child.n_tests == 1
    rig.memory.forget("vulkan:0")
    rig.load()
    assert rig.child.n_tests == 2


def test_good_device_without_room_for_the_model_leaves_it_to_the_processor(rig: Rig) -> None:
    rig.fails_on = {"vulkan:0"}
    rig.load()
    assert rig.loaded == ["cpu"]
    assert [refusal.outcome for refusal in rig.refused] == [Outcome.FAILED]
    assert rig.refused[0].detail == "no memory on the card"
    rig.fails_on = set()
    rig.load()
    assert (rig.loaded, rig.child.n_tests) == (["cpu", "vulkan:0"], 1)


def test_accelerator_of_the_encoder_is_tested_too(rig: Rig) -> None:
    rig.load("cuda")
    assert (rig.loaded, rig.tested) == (["cuda"], ["NVIDIA CUDA"])


def test_error_of_the_processor_is_raised(rig: Rig) -> None:
    rig.fails_on = {"cpu", "vulkan:0"}
    with pytest.raises(DecoderError):
        rig.load()


def test_missing_model_and_unknown_device_are_told_before_any_test(rig: Rig) -> None:
    with pytest.raises(DeviceError):
        rig.load("abacus")
    gone = LoadOptions(pack="/gone", n_threads=1, use_gate=False, device="vulkan:0")
    with pytest.raises(PackNotFoundError):
        rig.guard().load(gone)
    assert rig.child.n_tests == 0


def test_closing_ends_a_test_and_blames_nobody(rig: Rig) -> None:
    rig.child.becomes(test=HANGS)
    begun = threading.Event()
    caught: list[Exception] = []
    guard = DeviceGuard(
        load=rig._load,
        memory=rig.memory,
        command=rig.child.command,
        limits=Limits(cards_s=LONG_S, stage_s=600.0),
        on_testing=lambda name: begun.set(),
    )

    def load() -> None:
        try:
            guard.load(options("vulkan:0"))
        except EngineError as exc:
            caught.append(exc)

    thread = threading.Thread(target=load)
    thread.start()
    assert begun.wait(LONG_S)
    guard.close()
    thread.join(LONG_S)
    assert not thread.is_alive()
    assert "stopped" in str(caught[0])
    assert rig.memory.recall("vulkan:0", {}) is None
    assert rig.loaded == []


def test_device_under_which_songshu_died_twice_is_not_used_until_somebody_asks(
    rig: Rig, tmp_path: Path
) -> None:
    rig.load()
    die_computing(tmp_path / "data", "vulkan:0")
    rig.load()
    assert rig.loaded == ["vulkan:0", "vulkan:0"]  # once may have had another reason
    die_computing(tmp_path / "data", "vulkan:0")
    rig.load()
    rig.load()
    assert rig.loaded[2:] == ["cpu", "cpu"]
    assert [refusal.outcome for refusal in rig.refused] == [Outcome.DIED, Outcome.DIED]
    rig.guard().forget(parse_placement("vulkan:0"))
    rig.load()
    assert rig.loaded[-1] == "vulkan:0"
    assert rig.child.n_tests == 2


def test_child_ends_with_its_parent(tmp_path: Path) -> None:
    """The parent's end of the child's input is closed when it dies, even by a kill."""
    code = (
        "import subprocess, sys, os\n"
        "from app.engine import device_child as c\n"
        "child = subprocess.Popen([sys.executable, '-c',"
        " 'from app.engine import device_child as c, device_trial as t\\n"
        "import threading\\n"
        "def forever():\\n"
        " c.say(ready=1)\\n"
        " threading.Event().wait()\\n"
        "t.find_cards = forever\\n"
        'c.main(["cards"])\'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n'
        "child.stdout.readline()\n"
        "os.write(1, b'x')\n"
        "child.stdin.close()\n"
        "print(child.wait(60))\n"
    )
    end = run_child([sys.executable, "-c", code], silence_s=LONG_S, stop=Stop())
    assert end.noise[-1].endswith("1")
    assert end.exit_code == 0


def test_child_that_computes_without_a_word_has_three_times_as_long() -> None:
    spins = "while True: pass"
    end = run_child([sys.executable, "-c", spins], silence_s=0.5, stop=Stop())
    assert end.exit_code is None
    works = "import time\nwhile time.process_time() < 1.0: pass\nprint('done', flush=True)"
    end = run_child([sys.executable, "-c", works], silence_s=1.0, stop=Stop())
    assert (end.exit_code, end.noise) == (0, ("done",))


def test_stopped_before_it_began() -> None:
    stop = Stop()
    stop.set()
    end = run_child([sys.executable, "-c", HANGS], silence_s=LONG_S, stop=stop)
    assert end.exit_code is None


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"vulkan:0": 3}', '{"vulkan:0": {"facts": {}, "outcome": "fine"}}'],
)
def test_damaged_memory_remembers_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "devices.json"
    file.write_text(content)
    memory = DeviceMemory(file)
    assert memory.recall("vulkan:0", {}) is None
    memory.remember("vulkan:0", {"card": "x"}, Verdict(outcome=Outcome.HANG))
    assert memory.recall("vulkan:0", {"card": "x"}) == Verdict(outcome=Outcome.HANG)
    assert memory.recall("vulkan:0", {"card": "y"}) is None


def test_memory_that_cannot_be_written_costs_a_test_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    memory = DeviceMemory(tmp_path / "data" / "devices.json")
    memory.remember("vulkan:0", {}, Verdict(outcome=Outcome.GOOD))
    assert memory.recall("vulkan:0", {}) is None
    assert "not remembered" in caplog.text


def test_guard_checks_what_it_is_asked(rig: Rig) -> None:
    guard: Callable[..., Refusal | None] = rig.guard().check
    assert guard(parse_placement("vulkan:0"), options("vulkan:0")) is None
    refusal = guard(parse_placement("vulkan:7"), options("vulkan:7"))
    assert refusal is not None
    assert refusal.outcome is Outcome.ABSENT
