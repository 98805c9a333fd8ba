"""Results of processes that never ran, for tests of what is made of them."""

from __future__ import annotations

from models.bench.figures import Pass, Result

GB = 1_000_000_000


def make_pass(
    total_s: float,
    *,
    encode_s: float | None = 0.5,
    prefill_s: float = 1.0,
    generate_s: float = 1.98,
    native_s: float | None = None,
) -> Pass:
    return Pass(
        mel_s=None if encode_s is None else 0.01,
        encode_s=encode_s,
        prefill_s=prefill_s,
        generate_s=generate_s,
        total_s=total_s,
        n_prompt_tokens=405,
        n_new_tokens=100,
        native_s=native_s,
        text="words",
    )


def make_result(engine: str, warm: Pass, *, peak_memory_bytes: int = GB) -> Result:
    return Result(
        engine=engine,
        load_s=0.8,
        first=make_pass(warm.total_s + 0.1),
        warm=warm,
        peak_memory_bytes=peak_memory_bytes,
        versions={"numpy": "2.4.6"},
    )
