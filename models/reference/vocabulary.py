"""The tokenizer of a random checkpoint: byte-level BPE plus Qwen's special tokens.

The big sizes take Qwen's own 151,643 tokens and 151,387 merges. They are read from
``ggml-vocab-qwen2.gguf`` inside the source archive of llama-cpp-python, which pip fetches once into
the cache; neither archive nor vocabulary is ever copied into the checkout. The tiny size learns a
few hundred merges from a paragraph below, so that tests fetch nothing.
"""

from __future__ import annotations

import collections
import itertools
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ARCHIVE_VERSION = "0.3.36"
ARCHIVE_MEMBER = "vendor/llama.cpp/models/ggml-vocab-qwen2.gguf"
N_QWEN_TOKENS = 151_643  # the rest of the GGUF's list are special and padding tokens
N_TINY_TOKENS = 512
# Words with their leading space, as Qwen2's pre-tokenizer cuts the ASCII text below.
PRE_TOKENIZER = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?[^\sA-Za-z0-9]+|\s+")
TINY_TEXT = (
    "system user assistant language English Chinese French German None the quick brown fox jumps "
    "over the lazy dog and then the other one sits down with a cup of tea. She said that there is "
    "nothing to be done about the weather in the morning, but we will see what happens when the "
    "sun comes out. You could have been here before, my friend, for this was your house and these "
    "were your things. From where I stand it would seem that they know which way to go. Please "
    "open the window, write a letter to my mother and call me again at nine o'clock tomorrow. "
    "Thank you very much, that is all for today. How are you doing? I am well, thanks. "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialToken:
    """A token outside BPE; ``special`` ones vanish when text is decoded for people."""

    text: str
    special: bool = True


# In id order from <|endoftext|> = 151643. <asr_text> stays visible in decoded text: the official
# parser looks for it there.
SPECIAL_TOKENS: tuple[SpecialToken, ...] = (
    *(
        SpecialToken(text=f"<|{name}|>")
        for name in [
            "endoftext",
            "im_start",
            "im_end",
            "object_ref_start",
            "object_ref_end",
            "box_start",
            "box_end",
            "quad_start",
            "quad_end",
            "vision_start",
            "vision_end",
            "vision_pad",
            "image_pad",
            "video_pad",
        ]
    ),
    SpecialToken(text="<tool_call>", special=False),
    SpecialToken(text="</tool_call>", special=False),
    *(
        SpecialToken(text=f"<|{name}|>", special=False)
        for name in ["fim_prefix", "fim_middle", "fim_suffix", "fim_pad", "repo_name", "file_sep"]
    ),
    *(
        SpecialToken(text=text, special=False)
        for text in ("<tool_response>", "</tool_response>", "<think>", "</think>")
    ),
    *(
        SpecialToken(text=text)
        for text in (
            "<|audio_start|>",
            "<|audio_end|>",
            "<tts_pad>",
            "<tts_text_bos>",
            "<tts_text_eod>",
            "<tts_text_bos_single>",
            "<non_speech>",  # 151675: name unknown, never used
            "<|audio_pad|>",
        )
    ),
    *(SpecialToken(text=f"<blank{index}>") for index in range(1, 28)),
    SpecialToken(text="<asr_text>", special=False),
    SpecialToken(text="<timestamp>", special=False),
)

WRITTEN_TOKENS = ("<|endoftext|>", "<|im_end|>", "<asr_text>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Byte-level BPE: ``tokens[i]`` has id i, ``merges`` in order of rank, as "left right"."""

    tokens: tuple[str, ...]
    merges: tuple[str, ...]

    def special_id(self, text: str) -> int:
        """Return the id of a special token; they follow the BPE tokens."""
        return len(self.tokens) + [token.text for token in SPECIAL_TOKENS].index(text)

    def never_written(self, vocab_size: int) -> list[int]:
        """Return the ids that no model writes: most special tokens, and rows without a token."""
        written = {self.special_id(text) for text in WRITTEN_TOKENS}
        return [id_ for id_ in range(len(self.tokens), vocab_size) if id_ not in written]


def load_qwen(cache_dir: Path) -> Vocabulary:
    """Read Qwen's vocabulary, fetching the archive that carries it if need be.

    Args:
        cache_dir: where the archive is kept, outside the checkout.
    """
    from gguf import GGUFReader

    archive = _fetch_archive(cache_dir)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "vocabulary.gguf"
        with tarfile.open(archive) as tar:
            member = tar.extractfile(f"llama_cpp_python-{ARCHIVE_VERSION}/{ARCHIVE_MEMBER}")
            assert member is not None
            path.write_bytes(member.read())
        reader = GGUFReader(path)
        tokens = reader.fields["tokenizer.ggml.tokens"].contents()
        merges = reader.fields["tokenizer.ggml.merges"].contents()
    return Vocabulary(tokens=tuple(tokens[:N_QWEN_TOKENS]), merges=tuple(merges))


def _fetch_archive(cache_dir: Path) -> Path:
    """Return the source archive of llama-cpp-python, from the cache or through pip."""
    path = cache_dir / f"llama_cpp_python-{ARCHIVE_VERSION}.tar.gz"
    if not path.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
        wanted = f"llama-cpp-python=={ARCHIVE_VERSION}"
        subprocess.run([*command, "--dest", str(cache_dir), wanted], check=True)
    return path


def byte_alphabet() -> list[str]:
    """Give each byte a visible character, in the order in which GPT-2 gives them ids.

    Printable bytes stand for themselves and come first, the others follow from U+0100.
    """
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    characters = {byte: chr(byte) for byte in printable}
    characters.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return [characters[byte] for byte in range(256)]


def learn_tiny(n_tokens: int = N_TINY_TOKENS) -> Vocabulary:
    """Learn a small BPE from the paragraph above: the most frequent pair first, ties by text."""
    alphabet = byte_alphabet()
    words = collections.Counter(
        tuple(alphabet[byte] for byte in word.encode()) for word in PRE_TOKENIZER.findall(TINY_TEXT)
    )
    tokens, merges = sorted(alphabet, key=ord), []
    while len(tokens) < n_tokens:
        counts = collections.Counter[tuple[str, str]]()
        for word, count in words.items():
            for pair in itertools.pairwise(word):
                counts[pair] += count
        best = max(counts, key=lambda pair: (counts[pair], pair))
        merges.append(" ".join(best))
        tokens.append("".join(best))
        words = collections.Counter(
            {tuple(_merged(word, best)): count for word, count in words.items()}
        )
    return Vocabulary(tokens=tuple(tokens), merges=tuple(merges))


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> Iterator[str]:
    """Join every occurrence of a pair in a word."""
    position = 0
    while position < len(word):
        if word[position : position + 2] == pair:
            yield "".join(pair)
            position += 2
        else:
            yield word[position]
            position += 1
