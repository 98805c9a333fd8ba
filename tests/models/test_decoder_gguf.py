"""The GGUF decoder in llama.cpp against NumPy, its tokenizer, and llama.cpp's quantiser."""

from __future__ import annotations

import gc
import json
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
import pytest
from llama_cpp import Llama
from safetensors.numpy import load_file, save_file

from models.checkpoint import Checkpoint, open_checkpoint
from models.decoder_gguf import main, tensor_types, write_decoder
from models.errors import QuantizeError, TensorValueError
from models.quantize_decoder import DECODER_SCHEMES, DecoderScheme, quantize_decoder
from models.quantize_decoder import main as quantize_main
from models.tokenizer import read_vocabulary
from tests.models import numpy_model
from tests.models.checkpoints import Spec, write_checkpoint
from tests.models.graphs import Array, cosine

IDS = (264, 40, 41, 90, 262, 263, 268, 270, 7, 7, 7, 100)


@pytest.fixture(scope="module")
def decoder(official: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the official checkpoint's decoder in F16."""
    path = tmp_path_factory.mktemp("decoder") / "decoder.gguf"
    write_decoder(official, path, "tiny")
    return path


@pytest.fixture(scope="module")
def llama(decoder: Path) -> Iterator[Llama]:
    """Return llama.cpp with the decoder loaded."""
    model = load(decoder)
    yield model
    model.close()


def load(path: Path) -> Llama:
    return Llama(str(path), n_ctx=128, n_threads=1, logits_all=True, verbose=False)


def logits_of(path: Path) -> Array:
    model = load(path)
    try:
        model.eval(list(IDS))
        return np.array(model.scores[: len(IDS)])
    finally:
        model.close()
        gc.collect()


def test_llama_computes_the_same_logits_as_numpy_with_multimodal_rope(
    official: Checkpoint, decoder: Path
) -> None:
    expected = numpy_model.decoder_logits(official, IDS)
    found = logits_of(decoder)
    assert cosine(found, expected) > 0.999999
    np.testing.assert_allclose(found, expected, atol=2e-3 * np.abs(expected).max())


def test_untied_output_head_is_used(tmp_path: Path) -> None:
    spec = Spec(text={"tie_word_embeddings": False})
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "untied", spec))
    write_decoder(checkpoint, tmp_path / "decoder.gguf", "untied")
    expected = numpy_model.decoder_logits(checkpoint, IDS)
    assert cosine(logits_of(tmp_path / "decoder.gguf"), expected) > 0.999999


def test_multimodal_rope_is_plain_rope_when_the_three_positions_are_equal() -> None:
    steps = np.arange(50)
    rates = 1e6 ** (-np.arange(0, 128, 2) / 128)
    mixed = numpy_model.mrope_angles(np.tile(steps, (3, 1)), 128, 1e6, (24, 20, 20))
    np.testing.assert_array_equal(mixed, steps[:, None] * rates[None, :])


def test_multimodal_rope_differs_when_the_positions_do() -> None:
    ids = np.stack([np.arange(5), np.arange(5) + 1, np.arange(5)])
    mixed = numpy_model.mrope_angles(ids, 128, 1e6, (24, 20, 20))
    plain = numpy_model.mrope_angles(np.tile(ids[0], (3, 1)), 128, 1e6, (24, 20, 20))
    assert (mixed != plain).any(axis=0).sum() == 20


def test_tokens_of_the_file_are_those_of_the_checkpoint(
    official: Checkpoint, decoder: Path
) -> None:
    fields = gguf.GGUFReader(decoder).fields
    vocabulary = read_vocabulary(official.folder, official.config.text.n_vocab)
    assert tuple(fields["tokenizer.ggml.tokens"].contents()) == vocabulary.tokens
    assert tuple(fields["tokenizer.ggml.token_type"].contents()) == vocabulary.types
    assert tuple(fields["tokenizer.ggml.merges"].contents()) == vocabulary.merges


def test_tokenize_finds_special_tokens_on_request_only(llama: Llama) -> None:
    ids = llama.tokenize(b"<|im_start|><asr_text><|im_end|>", add_bos=False, special=True)
    assert ids == [265, 270, 266]
    plain = llama.tokenize(b"<|im_start|>", add_bos=False, special=False)
    assert 265 not in plain


def test_tokenize_applies_the_merges(llama: Llama) -> None:
    ids = llama.tokenize(b"language English", add_bos=False, special=False)
    assert ids[:2] == [262, 263]


@pytest.mark.parametrize("text", ["language English", "naïve 世界 🎤", "a\n  b\t", "ÿ\x01"])
def test_text_comes_back_from_its_tokens(llama: Llama, text: str) -> None:
    ids = llama.tokenize(text.encode(), add_bos=False, special=False)
    assert llama.detokenize(ids).decode() == text


def test_detokenize_hides_control_tokens_and_shows_asr_text(llama: Llama) -> None:
    assert llama.detokenize([265, 262, 270, 266]) == b"language<asr_text>"


def test_metadata_names_the_end_and_padding_tokens(decoder: Path) -> None:
    fields = gguf.GGUFReader(decoder).fields
    assert fields["general.architecture"].contents() == "qwen3"
    assert fields["tokenizer.ggml.eos_token_id"].contents() == 266
    assert fields["tokenizer.ggml.padding_token_id"].contents() == 264


@pytest.mark.parametrize("value", [1e5, -1e5])
def test_write_decoder_refuses_what_float16_cannot_hold(
    folder: Path, tmp_path: Path, value: float
) -> None:
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["thinker.model.layers.0.mlp.up_proj.weight"][3, 3] = value
    save_file(tensors, path)
    with pytest.raises(TensorValueError, match=r"up_proj.*float16"):
        write_decoder(open_checkpoint(folder), tmp_path / "out.gguf", "big")


@pytest.mark.parametrize("scheme", DECODER_SCHEMES)
def test_quantised_decoder_stays_close(
    official: Checkpoint, decoder: Path, tmp_path: Path, scheme: DecoderScheme
) -> None:
    target = tmp_path / "out.gguf"
    quantize_decoder(decoder, target, scheme)
    floor = {"f16": 0.99999, "q8_0": 0.999, "q6_k": 0.999, "q5_k_m": 0.99, "q4_k_m": 0.98}
    assert cosine(logits_of(target), numpy_model.decoder_logits(official, IDS)) > floor[scheme]


def test_quantised_decoder_is_smaller(decoder: Path, tmp_path: Path) -> None:
    sizes = []
    for scheme in DECODER_SCHEMES[1:]:
        quantize_decoder(decoder, tmp_path / scheme, scheme)
        sizes.append((tmp_path / scheme).stat().st_size)
    assert max(sizes) < decoder.stat().st_size


def test_quantize_decoder_does_not_lose_an_interrupt(decoder: Path, tmp_path: Path) -> None:
    timer = threading.Timer(0.001, signal.raise_signal, (signal.SIGINT,))
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come late, in join
        timer.start()
        quantize_decoder(decoder, tmp_path / "out.gguf", "q4_k_m")
        timer.join()
    timer.join()


def test_quantize_decoder_refuses_a_file_that_is_no_gguf(tmp_path: Path) -> None:
    source = tmp_path / "in.gguf"
    source.write_bytes(b"no model")
    with pytest.raises(QuantizeError) as caught:
        quantize_decoder(source, tmp_path / "out.gguf", "q8_0")
    assert caught.value.scheme == "q8_0"
    assert "magic" in caught.value.reason  # llama.cpp's own words


def test_quantize_decoder_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        quantize_decoder(tmp_path / "nowhere.gguf", tmp_path / "out.gguf", "q8_0")


def test_commands_write_and_quantise(
    official: Checkpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, small = tmp_path / "whole.gguf", tmp_path / "small.gguf"
    assert main([str(official.folder), str(whole)]) == 0
    assert quantize_main([str(whole), str(small), "--scheme", "q8_0"]) == 0
    assert small.stat().st_size < whole.stat().st_size
    assert "small.gguf" in capsys.readouterr().out


def test_command_reports_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere"), str(tmp_path / "out.gguf")]) == 1
    assert "nowhere" in capsys.readouterr().err


def without_feed_forward(folder: Path) -> Checkpoint:
    """Return a checkpoint whose first layer has no feed-forward part, and whose second layer's
    attention no quantisation may touch.
    """
    write_checkpoint(folder, Spec(text={"attention_only_layers": [0]}))
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = {"modules_to_not_convert": ["model.layers.1.self_attn"]}
    (folder / "config.json").write_text(json.dumps(config))
    return open_checkpoint(folder)


def test_a_layer_without_feed_forward_part_is_one_with_zeros(tmp_path: Path) -> None:
    write_decoder(without_feed_forward(tmp_path / "absent"), tmp_path / "absent.gguf", "a")
    zeros = Path(shutil.copytree(tmp_path / "absent", tmp_path / "zeros"))
    write_checkpoint(tmp_path / "whole")  # the same seed: only the first feed-forward part is more
    shutil.copyfile(tmp_path / "whole" / "config.json", zeros / "config.json")
    (shard,) = zeros.glob("*.safetensors")
    tensors = load_file(shard)
    whole = load_file(tmp_path / "whole" / shard.name)
    missing = set(whole) - set(tensors)
    assert len(missing) == 3
    save_file(tensors | {name: np.zeros_like(whole[name]) for name in missing}, shard)
    write_decoder(open_checkpoint(zeros), tmp_path / "zeros.gguf", "z")
    absent, zeroed = logits_of(tmp_path / "absent.gguf"), logits_of(tmp_path / "zeros.gguf")
    np.testing.assert_array_equal(absent, zeroed)
    assert np.abs(absent).max() > 0


def test_exceptions_of_a_quantisation(tmp_path: Path) -> None:
    checkpoint = without_feed_forward(tmp_path / "checkpoint")
    write_decoder(checkpoint, tmp_path / "f16.gguf", "a")
    types = tensor_types(checkpoint)
    quantize_decoder(tmp_path / "f16.gguf", tmp_path / "q8.gguf", "q8_0", types)
    found = {t.name: t.tensor_type.name for t in gguf.GGUFReader(tmp_path / "q8.gguf").tensors}
    matrices = {k: v for k, v in found.items() if k.startswith("blk.") and v != "F32"}
    for name, kind in matrices.items():
        if name.startswith("blk.0.ffn_"):
            assert kind == "Q4_0", name
        elif name.startswith("blk.1.attn_"):
            assert kind == "F16", name
        else:
            assert kind == "Q8_0", name
    assert {"Q4_0", "F16", "Q8_0"} <= set(matrices.values())
