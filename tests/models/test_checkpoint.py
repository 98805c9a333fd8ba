"""Opening checkpoints: the three layouts, and everything that may be wrong with a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from models.checkpoint import find_weight_files, open_checkpoint
from models.config import Layout, read_config
from models.errors import (
    ConfigError,
    MissingFileError,
    TensorMismatchError,
    TensorValueError,
    TruncatedFileError,
    UnsupportedModelError,
)
from models.safetensors_file import read_header
from tests.models.checkpoints import Spec, random_tensor, write_checkpoint, write_json

LAYOUTS: list[Layout] = ["official", "native", "whisper"]
WEIGHTS = "model.safetensors"


def edit_config(folder: Path, *keys: str, value: object) -> None:
    """Set or, with value None, remove an entry of config.json."""
    path = folder / "config.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    section = data
    for key in keys[:-1]:
        section = section[key]
    section[keys[-1]] = value
    if value is None:
        del section[keys[-1]]
    path.write_text(json.dumps(data), encoding="utf-8")


def edit_weights(folder: Path, changes: dict[str, np.ndarray | None]) -> None:
    """Replace, add or, with None, remove tensors."""
    tensors = load_file(folder / WEIGHTS)
    for name, value in changes.items():
        if value is None:
            del tensors[name]
        else:
            tensors[name] = value
    save_file(tensors, folder / WEIGHTS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("n_shards", [1, 3])
def test_open_checkpoint_reads_every_layout_type_and_sharding(
    tmp_path: Path, layout: Layout, dtype: str, n_shards: int
) -> None:
    spec = Spec(layout=layout, dtype=dtype, n_shards=n_shards)
    checkpoint = open_checkpoint(write_checkpoint(tmp_path, spec))
    name = "audio_tower.layers.1.fc1.weight"
    expected = random_tensor(name, checkpoint.entries[name].shape, spec.seed)
    np.testing.assert_allclose(checkpoint.tensor(name), expected, rtol=2**-8, atol=1e-7)
    assert checkpoint.config.layout == layout
    assert len(checkpoint.weight_files) == n_shards


def test_open_checkpoint_reads_the_rope_base_of_both_layouts(tmp_path: Path) -> None:
    for layout in LAYOUTS:
        spec = Spec(layout=layout, text={"rope_theta": 12345.0})
        checkpoint = open_checkpoint(write_checkpoint(tmp_path / layout, spec))
        assert checkpoint.config.text.rope_theta == 12345.0


def test_open_checkpoint_ignores_a_second_copy_of_tied_embeddings(folder: Path) -> None:
    table = load_file(folder / WEIGHTS)["thinker.model.embed_tokens.weight"]
    edit_weights(folder, {"thinker.lm_head.weight": table})
    assert open_checkpoint(folder).config.text.tied


def test_open_checkpoint_ignores_computed_tables(folder: Path) -> None:
    name = "thinker.audio_tower.positional_embedding.positional_embedding"
    edit_weights(folder, {name: np.zeros((4, 4), np.float32)})
    assert name not in open_checkpoint(folder)


@pytest.mark.parametrize("with_head", [False, True])
def test_open_checkpoint_sees_from_the_weights_whether_embeddings_are_tied(
    folder: Path, with_head: bool
) -> None:
    edit_config(folder, "thinker_config", "text_config", "tie_word_embeddings", value=None)
    if with_head:
        edit_weights(folder, {"thinker.lm_head.weight": np.zeros((300, 64), np.float32)})
    assert open_checkpoint(folder).config.text.tied is not with_head


def test_open_checkpoint_lists_all_wrong_tensors_at_once(folder: Path) -> None:
    edit_weights(
        folder,
        {
            "thinker.audio_tower.ln_post.bias": None,
            "thinker.model.norm.weight": None,
            "thinker.model.layers.7.odd.weight": np.zeros(3, np.float32),
            "thinker.audio_tower.proj1.weight": np.zeros((3, 5), np.float32),
        },
    )
    with pytest.raises(TensorMismatchError) as caught:
        open_checkpoint(folder)
    assert caught.value.missing == ("audio_tower.ln_post.bias", "model.norm.weight")
    assert caught.value.extra == ("model.layers.7.odd.weight",)
    assert caught.value.misshapen == {"audio_tower.proj1.weight": ((3, 5), (64, 64))}
    for name in ("ln_post", "model.norm", "odd", "proj1"):
        assert name in str(caught.value)


@pytest.mark.parametrize("keep_bytes", [0, 5, 100])
def test_open_checkpoint_names_a_file_without_its_header(folder: Path, keep_bytes: int) -> None:
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:keep_bytes])
    with pytest.raises(TruncatedFileError, match="table of tensors"):
        open_checkpoint(folder)


def test_open_checkpoint_names_a_damaged_header(folder: Path) -> None:
    path = folder / WEIGHTS
    data = bytearray(path.read_bytes())
    data[8:12] = b"\xff{{{"
    path.write_bytes(bytes(data))
    with pytest.raises(TruncatedFileError, match="damaged"):
        open_checkpoint(folder)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {"shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1]},
        {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]},
        {"dtype": "F32", "shape": ["1"], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 2, 4]},
    ],
)
def test_read_header_names_a_damaged_entry(tmp_path: Path, entry: object) -> None:
    header = json.dumps({"a": entry}).encode()
    path = tmp_path / WEIGHTS
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    with pytest.raises(TruncatedFileError, match="damaged"):
        read_header(path)


def test_read_header_tells_what_git_left_in_place_of_the_weights(tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    with pytest.raises(TruncatedFileError, match="LFS"):
        read_header(path)


def test_open_checkpoint_names_a_truncated_shard_and_its_size(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, Spec(n_shards=2))
    shard = find_weight_files(folder)[1]
    n_bytes = shard.stat().st_size
    shard.write_bytes(shard.read_bytes()[:-1])
    with pytest.raises(TruncatedFileError, match="cut off") as caught:
        open_checkpoint(folder)
    assert caught.value.path == shard
    assert (caught.value.n_bytes, caught.value.expected_bytes) == (n_bytes - 1, n_bytes)


def test_open_checkpoint_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        open_checkpoint(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["config.json", WEIGHTS])
def test_open_checkpoint_names_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(MissingFileError) as caught:
        open_checkpoint(folder)
    assert caught.value.path == folder / name


def test_open_checkpoint_names_a_missing_shard(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, Spec(n_shards=3))
    shard = find_weight_files(folder)[2]
    shard.unlink()
    with pytest.raises(MissingFileError) as caught:
        open_checkpoint(folder)
    assert caught.value.path == shard


def test_open_checkpoint_names_all_missing_shards_at_once(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, Spec(n_shards=3))
    _, second, third = find_weight_files(folder)
    second.unlink()
    third.unlink()
    with pytest.raises(MissingFileError) as caught:
        open_checkpoint(folder)
    assert caught.value.path == second
    assert f"missing, too: {third.name}." in str(caught.value)


@pytest.mark.parametrize("weight_map", [None, {}, [], {"a": 1}])
def test_open_checkpoint_names_a_damaged_list_of_shards(folder: Path, weight_map: object) -> None:
    index = folder / "model.safetensors.index.json"
    write_json(index, {"weight_map": weight_map})
    with pytest.raises(ConfigError) as caught:
        open_checkpoint(folder)
    assert caught.value.path == index


@pytest.mark.parametrize("text", ["{", "[]"])
def test_read_config_refuses_broken_json(folder: Path, text: str) -> None:
    (folder / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        read_config(folder)


def test_read_config_lists_all_bad_sizes_at_once(folder: Path) -> None:
    edit_config(folder, "thinker_config", "audio_config", "d_model", value=None)
    edit_config(folder, "thinker_config", "text_config", "vocab_size", value=-1)
    with pytest.raises(ConfigError) as caught:
        read_config(folder)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("text_config", "rope_theta", "1e6"),
        ("text_config", "rope_theta", None),
        ("text_config", "rope_scaling", [1]),
        ("text_config", "rms_norm_eps", -1.0),
        ("text_config", "head_dim", "32"),
        ("text_config", "num_hidden_layers", True),
        ("text_config", "attention_only_layers", "0"),
        ("text_config", "attention_only_layers", [True]),
        ("audio_config", "d_model", "64"),
    ],
)
def test_read_config_refuses_entries_of_another_kind(
    folder: Path, section: str, key: str, value: object
) -> None:
    edit_config(folder, "thinker_config", section, key, value=value)
    with pytest.raises(ConfigError, match=f"{section}.{key} is "):
        read_config(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("support_languages", "English"),
        ("support_languages", [1]),
        ("quantization_config", [1]),
        ("quantization_config", {"modules_to_not_convert": "all"}),
    ],
)
def test_read_config_refuses_lists_of_another_kind(folder: Path, key: str, value: object) -> None:
    edit_config(folder, key, value=value)
    with pytest.raises(ConfigError, match=key):
        read_config(folder)


@pytest.mark.parametrize(
    ("section", "key", "value", "problem"),
    [
        ("audio_config", "encoder_attention_heads", 5, "d_model 64 is no multiple of .* 5"),
        ("text_config", "num_key_value_heads", 3, "num_attention_heads 4 is no multiple of .* 3"),
        ("audio_config", "n_window_infer", 850, "window 850 is no multiple of the chunk 100"),
        ("audio_config", "n_window_infer", 50, "window 50 is no multiple of the chunk 100"),
        ("audio_config", "output_dim", 32, "output_dim 32 is not text_config.hidden_size 64"),
    ],
)
def test_read_config_refuses_sizes_that_do_not_fit_each_other(
    folder: Path, section: str, key: str, value: int, problem: str
) -> None:
    edit_config(folder, "thinker_config", section, key, value=value)
    with pytest.raises(ConfigError, match=problem) as caught:
        read_config(folder)
    assert len(caught.value.problems) == 1


def test_read_config_names_a_missing_section(folder: Path) -> None:
    edit_config(folder, "thinker_config", "audio_config", value=None)
    with pytest.raises(ConfigError, match="audio_config"):
        read_config(folder)


@pytest.mark.parametrize("model_type", ["whisper", "qwen3", None])
def test_read_config_refuses_other_models(folder: Path, model_type: str | None) -> None:
    edit_config(folder, "model_type", value=model_type)
    with pytest.raises(UnsupportedModelError):
        read_config(folder)


def test_read_config_refuses_a_forced_aligner(folder: Path) -> None:
    edit_config(folder, "thinker_config", "classify_num", value=5000)
    with pytest.raises(UnsupportedModelError, match="aligner"):
        read_config(folder)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("audio_config", "activation_function", "relu"),
        ("text_config", "hidden_act", "gelu"),
        ("text_config", "attention_bias", True),
        ("text_config", "use_sliding_window", True),
        ("text_config", "rope_scaling", {"rope_type": "yarn"}),
    ],
)
def test_read_config_refuses_variants_it_cannot_build(
    folder: Path, section: str, key: str, value: object
) -> None:
    edit_config(folder, "thinker_config", section, key, value=value)
    with pytest.raises(UnsupportedModelError):
        read_config(folder)


def test_tensor_refuses_values_that_are_not_finite(folder: Path) -> None:
    name = "thinker.model.norm.weight"
    edit_weights(folder, {name: np.full(64, np.nan, np.float32)})
    with pytest.raises(TensorValueError, match="NaN"):
        open_checkpoint(folder).tensor("model.norm.weight")


def test_open_checkpoint_refuses_integer_weights(folder: Path) -> None:
    edit_weights(folder, {"thinker.model.norm.weight": np.zeros(64, np.int32)})
    with pytest.raises(TensorValueError, match="I32"):
        open_checkpoint(folder)


def test_open_checkpoint_refuses_a_tensor_whose_size_contradicts_its_shape(folder: Path) -> None:
    path = folder / WEIGHTS
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"shape":[64]', b'"shape":[65]', 1))
    with pytest.raises(TensorValueError, match="bytes instead of"):
        open_checkpoint(folder)


def test_weights_sha256_follows_the_weights(folder: Path, tmp_path: Path) -> None:
    before = open_checkpoint(folder).weights_sha256()
    assert before == open_checkpoint(folder).weights_sha256()
    other = write_checkpoint(tmp_path / "other", Spec(seed=2))
    assert before != open_checkpoint(other).weights_sha256()
