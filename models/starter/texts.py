"""Collect the sentences that the voices read: text in, `text/train.txt` and `text/heldout.txt` out.

Sources, all installed from Debian: `fortunes` (quotations, stories, jokes), the example sentences
and definitions of WordNet, and `templates`. On top come carrier sentences for words that none of
them holds, so that the common English vocabulary is spelled at least a few times. A sentence is
held out (never synthesised for training) by its hash, so the split survives any change of order.
One line is `source<TAB>sentence`.

Run: python -m models.starter.texts
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import itertools
import random
import re
from collections.abc import Iterator
from pathlib import Path

from . import paths, templates

SEED = 20260722
FORTUNES = Path("/usr/share/games/fortunes")
WORDNET = Path("/usr/share/wordnet")
SKIP = {
    "translate-me",
    "perl",
    "ascii-art",
    "art",
    "linux",
    "knghtbrd",
    "debian",
    "linuxcookie",
}  # code, chat logs, drawings
HELDOUT_PER_1000 = 15
N_TEMPLATES = 40_000

_ALLOWED = re.compile(r"^[A-Za-z ,.;:'\"?!\-]+$")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"']?\s+(?=[\"']?[A-Z])")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Jr|Sr|Prof|etc|vs|e\.g|i\.e|[A-Z])\.$")


def tidy(text: str) -> str:
    """Normalise quotes, dashes and spaces of one sentence."""
    text = (
        text.replace("``", '"')
        .replace("''", '"')
        .replace("`", "'")
        .replace("_", "")
        .replace("*", "")
    )
    text = re.sub(r"\s*--+\s*", ", ", text).replace("...", ",").replace("..", ".")
    text = re.sub(r"\s+([,.;:?!])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,-")
    text = re.sub(r",+", ",", text)
    if text.count('"') % 2 or (text.startswith('"') and text.endswith('"')):
        text = text.replace('"', "")
    return text.strip()


def acceptable(text: str) -> bool:
    """Tell whether a sentence can be read aloud as written: plain letters, 2 to 34 words, no
    shouting.
    """
    words = text.split()
    if not 2 <= len(words) <= 34 or not _ALLOWED.match(text) or max(map(len, words)) > 18:
        return False
    shouted = sum(w.isupper() and len(w) > 1 for w in words)
    return shouted == 0 and any(c in "aeiou" for c in text.lower()) and text[0] not in ",.;:?!'-"


def sentences(paragraph: str) -> Iterator[str]:
    """Split a paragraph at sentence ends, keeping abbreviations together."""
    pending = ""
    for part in _SENTENCE_END.split(paragraph):
        pending = f"{pending} {part}".strip()
        if not _ABBREVIATION.search(pending):
            yield pending
            pending = ""
    if pending:
        yield pending


def fortunes() -> Iterator[str]:
    """Yield the sentences of every readable fortune file, attributions removed."""
    for path in sorted(FORTUNES.iterdir()):
        if path.suffix or path.name in SKIP or not path.is_file():
            continue
        for entry in path.read_text(encoding="utf-8", errors="replace").split("\n%"):
            body = re.sub(r"(?m)^\s*--.*(?:\n\s+.*)*", "", entry.replace("\r", ""))
            for paragraph in re.split(r"\n\s*\n|\n\t", body):
                for text in sentences(re.sub(r"\s*\n\s*", " ", paragraph)):
                    text = tidy(text)
                    if text[-1:] in ".?!" and text[:1].isupper():
                        yield text


def wordnet() -> Iterator[tuple[str, str]]:
    """Yield (source, sentence) for the quoted examples and the definitions of WordNet."""
    for name in ("adj", "adv", "noun", "verb"):
        for line in (WORDNET / f"data.{name}").read_text(encoding="utf-8").splitlines():
            if " | " not in line:
                continue
            gloss = line.split(" | ", 1)[1]
            for example in re.findall(r'"([^"]+)"', gloss):
                text = tidy(re.sub(r"-\s*[A-Z]\S+(?: \S+){0,3}$", "", example))
                if text:
                    yield "example", text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")
            definition = tidy(re.sub(r"\([^)]*\)", "", gloss.split('"')[0].split(";")[0]))
            if len(definition.split()) >= 4:
                yield "definition", definition[0].upper() + definition[1:] + "."


def carriers(known: collections.Counter[str], rng: random.Random) -> Iterator[str]:
    """Yield lists and short phrases around words that WordNet's sense counts call common but our
    text lacks.
    """
    common: collections.Counter[str] = collections.Counter()
    for line in (WORDNET / "cntlist.rev").read_text().splitlines():
        key, _, count = line.split()
        common[key.split("%")[0]] += int(count)
    words = [
        w
        for w, n in common.items()
        if w.isalpha() and known[w] < 3
        for _ in range(3 if n > 1 else 1)
    ]
    rng.shuffle(words)
    frames = [
        "The {} and the {} were {}.",
        "He said {}, {} and {}.",
        "A {} {} is not a {}.",
        "{}, {}, {}.",
        "Is it {}, {} or {}?",
    ]
    for start in range(0, len(words) - 3, 3):
        text = rng.choice(frames).format(*words[start : start + 3])
        yield text[0].upper() + text[1:]


def is_heldout(text: str) -> bool:
    """Decide by hash whether a sentence belongs to the held-out set."""
    digest = hashlib.sha256(re.sub(r"[^a-z]", "", text.lower()).encode()).digest()
    return int.from_bytes(digest[:4], "big") % 1000 < HELDOUT_PER_1000


def main() -> None:
    """Write both files and print how many sentences and words each source gave."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--templates-only", action="store_true", help="the text of tiny")
    only = parser.parse_args().templates_only
    rng = random.Random(SEED)
    seen: set[str] = set()
    rows: list[tuple[str, str]] = []

    def add(source: str, text: str) -> None:
        key = re.sub(r"[^a-z]", "", text.lower())
        if acceptable(text) and key not in seen:
            seen.add(key)
            rows.append((source, text))

    written = itertools.chain((("fortune", text) for text in fortunes()), wordnet())
    for source, text in () if only else written:
        add(source, text)
    for _ in range(N_TEMPLATES):
        add("template", tidy(templates.sentence(rng)))
    known = collections.Counter(re.findall(r"[a-z']+", " ".join(text for _, text in rows).lower()))
    for text in () if only else carriers(known, rng):
        add("carrier", text)
    rng.shuffle(rows)
    out = paths.sub("text")
    for name, keep in (("train", False), ("heldout", True)):
        kept = [
            row
            for row in rows
            if is_heldout(row[1]) is keep
            and (only or not (keep and row[0] in ("template", "carrier")))
        ]
        (out / f"{name}.txt").write_text("".join(f"{s}\t{t}\n" for s, t in kept))
        counts = collections.Counter(s for s, _ in kept)
        print(name, dict(counts), "words", sum(len(t.split()) for _, t in kept))


if __name__ == "__main__":
    main()
