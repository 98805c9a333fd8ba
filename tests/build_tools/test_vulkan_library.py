"""llama.cpp for graphics cards: what is compiled of it, and where it goes.

That it works is shown by tests/frozen, which takes what ``dev.py build`` has compiled.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from build_tools import vulkan_library
from build_tools.vulkan_library import UNUSED_SHADERS, binaries, library_name

SPIRV = b"\x03\x02\x23\x07"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="starts no scripts")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs that say how they were called."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in vulkan_library.NEEDED:
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "$@" >> "{folder}/calls"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")
    return folder


def translate(wrapper: Path, target: Path, *more: str) -> None:
    command = [str(wrapper), "-fshader-stage=compute", "x.comp", "-o", str(target), *more]
    subprocess.run(command, check=True)


@pytest.mark.parametrize(
    ("shader", "is_used"),
    [
        ("matmul_q4_k_f32_f16acc", True),
        ("mul_mat_vec_q6_k_f32_f32", True),
        ("matmul_q5_0_f32", True),  # what rows of odd length are quantised to instead
        ("flash_attn_f32_f16", True),
        ("rms_norm_f32", True),
        ("rope_multi_f32", True),
        ("get_rows_q8_0_f32", True),
        ("matmul_iq2_xxs_f32", False),
        ("matmul_id_q4_k_f32", False),
        ("mul_mat_vec_id_q4_k_f32_f32", False),
        ("get_rows_mxfp4", False),
        ("mul_mat_vec_q2_k_f32_f32", False),
        ("rwkv_wkv7_f32", False),
        ("silu_back_f32", False),
    ],
)
def test_only_shaders_that_our_packs_need_are_translated(
    tools: Path, tmp_path: Path, shader: str, is_used: bool
) -> None:
    wrapper = vulkan_library._shader_compiler(tmp_path)
    target = tmp_path / "out" / f"{shader}.spv"
    target.parent.mkdir()
    translate(wrapper, target)
    assert (tools / "calls").exists() is is_used
    assert target.exists() is not is_used
    if not is_used:
        assert target.read_bytes() == SPIRV


def test_list_of_sources_is_always_made(tools: Path, tmp_path: Path) -> None:
    wrapper = vulkan_library._shader_compiler(tmp_path)
    translate(wrapper, tmp_path / "matmul_iq2_xs_f32.spv", "-MD", "-MF", "list.d")
    assert (tools / "calls").read_text().strip().endswith("-MF list.d")


def test_no_quantisation_that_we_make_is_left_out() -> None:
    from models.quantize_decoder import DECODER_SCHEMES

    unused = " ".join(UNUSED_SHADERS)
    for scheme in DECODER_SCHEMES:
        assert scheme.removesuffix("_m") not in unused


def test_library_that_was_compiled_before_is_taken(tools: Path, tmp_path: Path) -> None:
    kept = vulkan_library._folder(tmp_path / "cache") / library_name()
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"library")
    old = tmp_path / "target" / "old.so"
    old.parent.mkdir()
    old.write_bytes(b"of another version")
    found = vulkan_library.vulkan_library(tmp_path / "cache", old.parent)
    assert found == old.parent / library_name()
    assert [file.name for file in old.parent.iterdir()] == [library_name()]
    assert not (tools / "calls").exists()


def test_without_a_shader_compiler_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert vulkan_library.vulkan_library(tmp_path / "cache", tmp_path / "target") is None
    assert "without Vulkan: cmake, glslc" in capsys.readouterr().err


def test_place_in_the_bundle_is_none_where_ggml_loads_everything() -> None:
    assert binaries("") == []
    assert binaries("/b/libggml-vulkan.so") == [("/b/libggml-vulkan.so", "llama_cpp/lib/vulkan")]
