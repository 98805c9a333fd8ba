"""Reading tokenizers: both file layouts, types, padding, and contradictions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.errors import ConfigError, MissingFileError, TokenizerError
from models.tokenizer import TokenType, read_eos_ids, read_vocabulary
from tests.models.checkpoints import MERGES, write_json, write_tokenizer

N_VOCAB = 300


@pytest.mark.parametrize("whole", [False, True])
def test_read_vocabulary_reads_both_layouts(tmp_path: Path, whole: bool) -> None:
    write_tokenizer(tmp_path, whole=whole)
    vocabulary = read_vocabulary(tmp_path, N_VOCAB)
    assert vocabulary.merges == MERGES
    assert vocabulary.tokens[262] == "language"
    assert vocabulary.prompt_ids["im_start"] == 265


def test_read_vocabulary_types_every_row(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    types = read_vocabulary(tmp_path, N_VOCAB).types
    assert set(types[:264]) == {TokenType.NORMAL}
    assert set(types[264:270]) == {TokenType.CONTROL}
    assert types[270] == TokenType.USER_DEFINED
    assert set(types[271:]) == {TokenType.UNUSED}
    assert len(types) == N_VOCAB


def test_read_vocabulary_gives_unused_rows_distinct_names(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    tokens = read_vocabulary(tmp_path, N_VOCAB).tokens
    assert len(set(tokens)) == N_VOCAB


def test_read_vocabulary_keeps_merges_that_contain_a_hash(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    path = tmp_path / "vocab.json"
    vocab = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, vocab | {"##": 271})
    with (tmp_path / "merges.txt").open("a", encoding="utf-8") as file:
        file.write("# #\n")
    assert read_vocabulary(tmp_path, N_VOCAB).merges == (*MERGES, "# #")


def test_read_vocabulary_reads_added_tokens_json(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    write_json(tmp_path / "added_tokens.json", {"<extra>": 280})
    vocabulary = read_vocabulary(tmp_path, N_VOCAB)
    assert vocabulary.tokens[280] == "<extra>"
    assert vocabulary.types[280] == TokenType.CONTROL


def test_read_vocabulary_refuses_tokens_beyond_the_matrix(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    with pytest.raises(TokenizerError, match="270 lies outside"):
        read_vocabulary(tmp_path, 270)


def test_read_vocabulary_lists_missing_prompt_tokens(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    write_json(tmp_path / "tokenizer_config.json", {"added_tokens_decoder": {}})
    with pytest.raises(TokenizerError) as caught:
        read_vocabulary(tmp_path, N_VOCAB)
    assert len(caught.value.problems) == 7


def test_read_vocabulary_names_the_file_of_special_tokens_when_there_is_none(
    tmp_path: Path,
) -> None:
    write_tokenizer(tmp_path)
    (tmp_path / "tokenizer_config.json").unlink()
    with pytest.raises(MissingFileError, match=r"tokenizer_config\.json.*the special tokens"):
        read_vocabulary(tmp_path, N_VOCAB)


def test_read_vocabulary_refuses_ids_used_twice(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    path = tmp_path / "vocab.json"
    vocab = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, vocab | {"twice": 3, "taken": 265})
    with pytest.raises(TokenizerError) as caught:
        read_vocabulary(tmp_path, N_VOCAB)
    shared, taken, _ = caught.value.problems  # the last one: no merge makes these tokens
    assert "share the id 3" in shared
    assert "has the id 265 of 'taken'" in taken


def test_read_vocabulary_needs_one_of_the_layouts(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"vocab\.json"):
        read_vocabulary(tmp_path, N_VOCAB)


@pytest.mark.parametrize(
    "model", [None, {"type": "Unigram", "vocab": []}, {"vocab": {}}, {"vocab": [], "merges": []}]
)
def test_read_vocabulary_refuses_other_tokenizers(tmp_path: Path, model: object) -> None:
    write_json(tmp_path / "tokenizer.json", {"model": model})
    with pytest.raises(ConfigError, match="byte-pair"):
        read_vocabulary(tmp_path, N_VOCAB)


def test_read_vocabulary_takes_the_added_tokens_of_tokenizer_json(tmp_path: Path) -> None:
    """transformers 5 names them there only, also beside vocab.json and merges.txt."""
    write_tokenizer(tmp_path, whole=True)
    write_tokenizer(tmp_path)
    (tmp_path / "tokenizer_config.json").unlink()
    write_json(tmp_path / "added_tokens.json", {"<asr_text>": 270})
    vocabulary = read_vocabulary(tmp_path, N_VOCAB)
    assert vocabulary.prompt_ids["im_start"] == 265
    assert vocabulary.types[270] == TokenType.USER_DEFINED  # a special one would be left out


def test_read_vocabulary_refuses_merges_that_were_cut_off(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    path = tmp_path / "merges.txt"
    path.write_text(path.read_text(encoding="utf-8")[: -len(" E\n")], encoding="utf-8")
    with pytest.raises(TokenizerError) as caught:
        read_vocabulary(tmp_path, N_VOCAB)
    broken, orphans = caught.value.problems
    assert "1 merges make no token, the first is 'Ġ'" in broken
    assert "1 tokens are made by no merge, the first is 'ĠE'" in orphans


def test_read_vocabulary_lets_added_tokens_lie_in_the_vocabulary(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    path = tmp_path / "vocab.json"
    vocab = json.loads(path.read_text(encoding="utf-8"))
    write_json(path, vocab | {"<|im_start|>": 265})
    assert read_vocabulary(tmp_path, N_VOCAB).types[265] == TokenType.CONTROL


@pytest.mark.parametrize("rule", [5, ["Ġ"], ["Ġ", 1], {"Ġ": "E"}])
def test_read_vocabulary_refuses_merges_of_another_kind(tmp_path: Path, rule: object) -> None:
    write_tokenizer(tmp_path, whole=True)
    path = tmp_path / "tokenizer.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["model"]["merges"].append(rule)
    write_json(path, data)
    with pytest.raises(TokenizerError, match="1 merges make no token"):
        read_vocabulary(tmp_path, N_VOCAB)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("merges.txt", b"\xff\xfe"),
        ("vocab.json", b'{"a": 1.5}'),
        ("vocab.json", b'{"a": -1}'),
        ("tokenizer_config.json", b'{"added_tokens_decoder": {"x": {"content": "y"}}}'),
        ("tokenizer_config.json", b'{"added_tokens_decoder": {"280": {}}}'),
        ("tokenizer_config.json", b'{"added_tokens_decoder": {"280": "x"}}'),
        ("tokenizer_config.json", b'{"added_tokens_decoder": {"-1": {"content": "y"}}}'),
        ("tokenizer_config.json", b'{"added_tokens_decoder": ["x"]}'),
        ("added_tokens.json", b'{"x": null}'),
        ("tokenizer.json", b'{"added_tokens": {"x": 1}}'),
        ("tokenizer.json", b'{"added_tokens": 1}'),
    ],
)
def test_read_vocabulary_names_a_damaged_file(tmp_path: Path, name: str, content: bytes) -> None:
    write_tokenizer(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_vocabulary(tmp_path, N_VOCAB)
    assert caught.value.path == tmp_path / name


@pytest.mark.parametrize(
    ("stated", "expected"), [([5, 6], (5, 6)), (7, (7,)), (None, (266, 264)), ([], (266, 264))]
)
def test_read_eos_ids_takes_the_generation_config(
    tmp_path: Path, stated: object, expected: tuple[int, ...]
) -> None:
    write_tokenizer(tmp_path)
    write_json(tmp_path / "generation_config.json", {"eos_token_id": stated})
    assert read_eos_ids(tmp_path, read_vocabulary(tmp_path, N_VOCAB)) == expected


@pytest.mark.parametrize("stated", ["x", [300], -1, True, [5.0]])
def test_read_eos_ids_refuses_what_is_no_token(tmp_path: Path, stated: object) -> None:
    write_tokenizer(tmp_path)
    write_json(tmp_path / "generation_config.json", {"eos_token_id": stated})
    vocabulary = read_vocabulary(tmp_path, N_VOCAB)
    with pytest.raises(ConfigError, match="eos_token_id"):
        read_eos_ids(tmp_path, vocabulary)


def test_read_eos_ids_has_a_default_without_a_file(tmp_path: Path) -> None:
    write_tokenizer(tmp_path)
    assert read_eos_ids(tmp_path, read_vocabulary(tmp_path, N_VOCAB)) == (266, 264)
