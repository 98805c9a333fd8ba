from __future__ import annotations

import time
import types

import pytest

from models.bench.native_clock import NativeClock


def test_wrap_times_the_calls_and_passes_everything_on() -> None:
    owner = types.SimpleNamespace(work=lambda a, *, b: (time.perf_counter_ns(), a + b)[1])
    clock = NativeClock()
    clock.wrap(owner, "work")
    started = time.perf_counter()
    assert owner.work(1, b=2) == 3
    elapsed = time.perf_counter() - started
    assert 0 < clock.take() < elapsed
    assert clock.take() == 0


def test_wrap_counts_calls_that_fail() -> None:
    def fail() -> None:
        raise KeyError

    clock = NativeClock()
    with pytest.raises(KeyError):
        clock.timed(fail)()
    assert clock.take() > 0
