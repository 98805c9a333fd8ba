"""Quantise a GGUF file of 16-bit floats by llama.cpp's own quantiser.

A decoder in F16 flows in, the same decoder in one of llama.cpp's mixes flows out. The quantiser is
called through llama-cpp-python's low-level API, so the file is exactly what ``llama-quantize``
writes, including its choices of type for each tensor and its fall-backs for narrow ones.

The call cannot be stopped, and an interrupt that Python notices inside the log callback would be
lost there. So the quantiser runs in a thread of its own: Ctrl-C reaches the main thread and takes
effect as soon as the quantiser has finished (a minute for 1.7B).

The file alone does not tell which tensors are exceptions (``decoder_gguf.tensor_types``); a model
that has some, as the starter does, needs its checkpoint beside it:

    python -m models.quantize_decoder IN.gguf OUT.gguf --scheme q4_k_m [--checkpoint CHECKPOINT]
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, get_args

import llama_cpp

from models.checkpoint import open_checkpoint
from models.decoder_gguf import tensor_types
from models.errors import NEARLY_FULL_BYTES, DiskFullError, QuantizeError
from models.report import Step, run_step, step_parser

DecoderScheme = Literal["f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m"]
DECODER_SCHEMES: tuple[DecoderScheme, ...] = get_args(DecoderScheme)

FILE_TYPES = {
    "f16": llama_cpp.LLAMA_FTYPE_MOSTLY_F16,
    "q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
    "q6_k": llama_cpp.LLAMA_FTYPE_MOSTLY_Q6_K,
    "q5_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q5_K_M,
    "q4_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M,
}
LOG_LEVEL_ERROR = 4  # ggml's GGML_LOG_LEVEL_ERROR


def _ignore(level: int, text: bytes, user_data: ctypes.c_void_p) -> None:
    """Swallow llama.cpp's log: a line for every tensor."""


_QUIET = llama_cpp.llama_log_callback(_ignore)


def quantize_decoder(
    source: Path, target: Path, scheme: DecoderScheme, types: Mapping[str, str] | None = None
) -> None:
    """Write the quantised form of a GGUF file.

    Args:
        source: GGUF of 16-bit floats.
        target: the file to write.
        scheme: one of llama.cpp's mixes.
        types: exceptions, tensor name -> ggml's name of its type ("F16").

    Raises:
        FileNotFoundError: there is no source.
        QuantizeError: llama.cpp refused the file, and said why.
        DiskFullError: the disk is full.
    """
    source.stat()  # of a missing file llama.cpp only says that it could not load it
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = FILE_TYPES[scheme]
    params.nthread = os.cpu_count() or 1
    overrides = _overrides(types or {})
    params.tt_overrides = overrides

    def work() -> int:
        names = os.fsencode(source), os.fsencode(target)
        return int(llama_cpp.llama_model_quantize(*names, ctypes.byref(params)))

    with _errors_of_llama() as errors, ThreadPoolExecutor(1, "quantizer") as pool:
        code = pool.submit(work).result()
    if code != 0:
        reason = errors[0] if errors else f"llama.cpp's quantiser returned {code}"
        _raise_failure(source, target, scheme, reason)


@contextlib.contextmanager
def _errors_of_llama() -> Iterator[list[str]]:
    """Keep what llama.cpp logs as errors, and nothing else."""
    lines: list[str] = []

    def keep(level: int, text: bytes, user_data: ctypes.c_void_p) -> None:
        if level == LOG_LEVEL_ERROR:
            lines.append(text.decode("utf-8", "replace").strip())

    callback = llama_cpp.llama_log_callback(keep)
    llama_cpp.llama_log_set(callback, ctypes.c_void_p(0))
    try:
        yield lines
    finally:
        llama_cpp.llama_log_set(_QUIET, ctypes.c_void_p(0))


def _overrides(types: Mapping[str, str]) -> ctypes.Array[llama_cpp.llama_model_tensor_override]:
    """Return llama.cpp's table of exceptions: patterns with a type, ended by an empty one."""
    table: ctypes.Array[llama_cpp.llama_model_tensor_override]
    table = (llama_cpp.llama_model_tensor_override * (len(types) + 1))()
    for entry, (name, type_name) in zip(table, types.items(), strict=False):
        entry.pattern = f"^{re.escape(name)}$".encode()
        entry.type = getattr(llama_cpp, f"GGML_TYPE_{type_name}")
    return table


def _raise_failure(source: Path, target: Path, scheme: str, reason: str) -> None:
    """Tell a full disk from a refused file: the quantiser returns one code for both."""
    free_bytes = shutil.disk_usage(target.parent).free
    if free_bytes < NEARLY_FULL_BYTES:
        raise DiskFullError(target, free_bytes)
    raise QuantizeError(source, scheme, reason)


def main(arguments: list[str]) -> int:
    """Write OUT.gguf, the quantised form of IN.gguf."""
    parser = step_parser("quantize_decoder", "IN.gguf", "OUT.gguf")
    parser.add_argument("--scheme", choices=DECODER_SCHEMES, required=True)
    parser.add_argument("--checkpoint", type=Path, help="what IN.gguf was made from")
    options = parser.parse_args(arguments)

    def write(path: Path) -> None:
        types = tensor_types(open_checkpoint(options.checkpoint)) if options.checkpoint else {}
        quantize_decoder(options.source, path, options.scheme, types)

    return run_step(Step(name=f"decoder {options.scheme}", target=options.target), write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
