"""llama.cpp's functions without the rest of llama-cpp-python."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from app.engine import llama, llama_binding
from tests.packs import ROOT


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return result.stdout.strip()


def test_engine_does_not_load_the_whole_package() -> None:
    code = (
        "import sys, app.engine.llama\n"
        "print(sorted({'llama_cpp', 'jinja2', 'diskcache', 'llama_cpp.llama'} & set(sys.modules)))"
    )
    assert run(code) == "[]"


def test_whole_package_can_be_had_afterwards() -> None:
    code = (
        "import app.engine.llama as ours, llama_cpp\n"
        "print(llama_cpp.Llama.__name__, llama_cpp.llama_cpp is ours.llama_cpp)"
    )
    assert run(code) == "Llama True"


def test_whole_package_that_is_loaded_already_is_used() -> None:
    code = (
        "import llama_cpp, app.engine.llama as ours\nprint(llama_cpp.llama_cpp is ours.llama_cpp)"
    )
    assert run(code) == "True"


def test_libraries_lie_beside_the_binding() -> None:
    binding = llama_binding.load_binding()
    assert list(llama_binding.library_folder(binding).glob("*ggml-base*"))
    assert llama_binding.ggml_library(binding, "ggml-base").ggml_type_size(0) == 4


def test_dots_of_progress_do_not_hide_the_error(caplog: pytest.LogCaptureFixture) -> None:
    error, goes_on = 4, 5  # levels of ggml
    for level, text in ((error, b"no memory for the cache\n"), (goes_on, b"."), (goes_on, b"\n")):
        llama._LOG.callback(level, text, None)
    assert llama._LOG.last_error == "no memory for the cache"
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == [
        "llama.cpp: no memory for the cache"
    ]
