"""The parts of models.reference that need no torch."""

from __future__ import annotations

import json
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from safetensors.numpy import load_file

from models.reference.native import AUDIO_ENTRIES, TEXT_ENTRIES, native_config, native_name
from models.reference.safetensors_writer import split_shards, write_checkpoint
from models.reference.sizes import SIZES, ModelSize
from models.reference.vocabulary import SPECIAL_TOKENS, Vocabulary, byte_alphabet, learn_tiny
from models.reference.weights import quieten, random_tensor, to_bfloat16

SHAPES = {"a.weight": (3, 4), "a.bias": (3,), "b.weight": (2, 2)}


def draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
    return random_tensor(name, shape, seed=1)


def test_special_tokens_have_the_published_ids() -> None:
    qwen = Vocabulary(tokens=("x",) * 151_643, merges=())
    published = {
        "<|endoftext|>": 151_643, "<|im_start|>": 151_644, "<|im_end|>": 151_645,
        "<|audio_start|>": 151_669, "<|audio_end|>": 151_670, "<|audio_pad|>": 151_676,
        "<asr_text>": 151_704, "<timestamp>": 151_705,
    }  # fmt: skip
    assert {text: qwen.special_id(text) for text in published} == published


def test_asr_text_stays_in_decoded_text() -> None:
    (token,) = [token for token in SPECIAL_TOKENS if token.text == "<asr_text>"]
    assert not token.special


def test_byte_alphabet_is_one_visible_character_a_byte() -> None:
    alphabet = byte_alphabet()
    assert len(set(alphabet)) == 256
    assert (alphabet[ord("a")], alphabet[ord(" ")], alphabet[ord("\n")]) == ("a", "Ġ", "Ċ")


def test_learn_tiny_every_merge_makes_the_next_token() -> None:
    vocabulary = learn_tiny(300)
    assert len(vocabulary.tokens) == len(set(vocabulary.tokens)) == 300
    assert [merge.replace(" ", "") for merge in vocabulary.merges] == list(vocabulary.tokens[256:])


def test_learn_tiny_is_the_same_every_time() -> None:
    assert learn_tiny(290) == learn_tiny(290)


def test_never_written_leaves_the_tokens_of_an_answer() -> None:
    vocabulary = learn_tiny(300)
    quiet = vocabulary.never_written(400)
    assert vocabulary.special_id("<asr_text>") not in quiet
    assert vocabulary.special_id("<|audio_pad|>") in quiet
    assert 399 in quiet
    assert 299 not in quiet


def test_quieten_makes_rows_small() -> None:
    rows = quieten(np.ones((3, 2), dtype=np.float32), [1])
    assert rows[:, 0].tolist() == pytest.approx([1.0, 0.1, 1.0])


def test_random_tensor_depends_on_name_and_seed_only() -> None:
    first = random_tensor("x.weight", (64, 256), 1)
    np.testing.assert_array_equal(first, random_tensor("x.weight", (64, 256), 1))
    assert not np.array_equal(first, random_tensor("y.weight", (64, 256), 1))
    assert not np.array_equal(first, random_tensor("x.weight", (64, 256), 2))
    assert first.std() == pytest.approx(256**-0.5, rel=0.05)


def test_to_bfloat16_rounds_as_ml_dtypes() -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 100_000, dtype=np.uint32)
    values = bits.view(np.float32)
    values = values[np.isfinite(values) & (np.abs(values) < 3e38)]
    expected = values.astype(ml_dtypes.bfloat16).view(np.uint16)
    np.testing.assert_array_equal(to_bfloat16(values), expected)


@pytest.mark.parametrize("dtype", ["f32", "bf16"])
def test_write_checkpoint_one_file_reads_back(tmp_path: Path, dtype: str) -> None:
    (path,) = write_checkpoint(tmp_path, SHAPES, draw, dtype=dtype, max_shard_bytes=10**6)
    loaded = load_file(path)
    assert {name: value.shape for name, value in loaded.items()} == SHAPES
    for name, shape in SHAPES.items():
        np.testing.assert_allclose(
            loaded[name].astype(np.float32), draw(name, shape), rtol=0 if dtype == "f32" else 0.01
        )


def test_write_checkpoint_shards_have_an_index(tmp_path: Path) -> None:
    paths = write_checkpoint(tmp_path, SHAPES, draw, dtype="f32", max_shard_bytes=60)
    assert [path.name for path in paths] == [
        "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
    ]  # fmt: skip
    index = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    assert index["metadata"]["total_size"] == (12 + 3 + 4) * 4
    for name, file in index["weight_map"].items():
        assert name in load_file(tmp_path / file)


def test_split_shards_large_tensor_gets_its_own() -> None:
    shards = split_shards({"a": (10,), "b": (100,), "c": (10,)}, "f32", 100)
    assert [list(shard) for shard in shards] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("official", "native"),
    [
        ("thinker.audio_tower.proj1.bias", "model.multi_modal_projector.linear_1.bias"),
        ("thinker.audio_tower.proj2.weight", "model.multi_modal_projector.linear_2.weight"),
        ("thinker.audio_tower.layers.0.fc1.bias", "model.audio_tower.layers.0.fc1.bias"),
        ("thinker.model.layers.1.mlp.up_proj.weight",
         "model.language_model.layers.1.mlp.up_proj.weight"),
        ("thinker.lm_head.weight", "lm_head.weight"),
    ],
)  # fmt: skip
def test_native_name_of_each_part(official: str, native: str) -> None:
    assert native_name(official) == native


def test_native_name_of_another_model_is_refused() -> None:
    with pytest.raises(ValueError, match=r"talker\.weight"):
        native_name("talker.weight")


def test_native_config_flattens_and_drops_mrope() -> None:
    audio = dict.fromkeys(AUDIO_ENTRIES, 1)
    text = dict.fromkeys(TEXT_ENTRIES, 2)
    thinker = {"audio_config": audio, "text_config": {**text, "rope_scaling": {"type": "mrope"}}}
    config = native_config({"thinker_config": {**thinker, "audio_token_id": 5}}, pad_token_id=6)
    assert config["text_config"]["rope_parameters"] == {"rope_theta": 2, "rope_type": "default"}
    assert "rope_scaling" not in config["text_config"]
    assert (config["audio_token_id"], config["pad_token_id"]) == (5, 6)
    assert config["tie_word_embeddings"] is False  # as in the official class where it is not said


def test_sizes_are_those_of_the_published_models() -> None:
    assert SIZES["0.6b"].vocab_size == SIZES["1.7b"].vocab_size == 151_936
    assert (SIZES["0.6b"].hidden_size, SIZES["1.7b"].hidden_size) == (1024, 2048)


def test_model_size_that_does_not_fit_itself_is_refused() -> None:
    values = {name: getattr(SIZES["tiny"], name) for name in ModelSize.__dataclass_fields__}
    with pytest.raises(ValueError, match="mrope_section"):
        ModelSize(**{**values, "mrope_section": (1, 1, 1)})
    with pytest.raises(ValueError, match="heads"):
        ModelSize(**{**values, "encoder_heads": 3})
