"""Measure the library at 5,000 transcripts of 60 lines; prints a table, asserts nothing.

Times are of the thread's CPU, the median of seven calls: the machine may be busy with other work.

    python -m tests.store.report [n_items]

The text is drawn from vocabularies with Zipf's distribution, so that common words are in most lines
and rare ones in few, as in speech; half of the items are Chinese.
"""

from __future__ import annotations

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.engine.types import Segment
from app.store.library import Library
from app.store.types import JobOptions

N_LINES = 60  # per item
N_REPEATS = 7


def vocabulary(rng: random.Random, letters: str, shortest: int, longest: int) -> list[str]:
    return ["".join(rng.choices(letters, k=rng.randint(shortest, longest))) for _ in range(20_000)]


class Texts:
    """Lines of made-up speech."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.english = vocabulary(rng, "etaoinshrdlu" * 3 + "cmfwypvbgkjqxz", 2, 10)
        self.chinese = vocabulary(rng, "".join(map(chr, range(0x4E00, 0x5200))), 1, 3)
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, 20_001)))

    def line(self, chinese: bool) -> str:
        words = self.chinese if chinese else self.english
        drawn = self._rng.choices(words, cum_weights=self._weights, k=25)
        return ("" if chinese else " ").join(drawn)


def fill(library: Library, texts: Texts, n_items: int) -> None:
    paths = [f"/media/interviews/{n:05d} recording.m4a" for n in range(n_items)]
    for start in range(0, n_items, 500):
        library.add_files(paths[start : start + 500], JobOptions())
    for n in range(n_items):
        item = library.take_next()
        assert item is not None
        language = "Chinese" if n % 2 else "English"
        with library._write() as connection:  # one commit for each item, to be done today
            connection.executemany(
                "INSERT INTO line (item_id, position, start_s, end_s, text, original_text, "
                "language, avg_logprob) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
                [
                    (item.id, k, 10.0 * k, 10.0 * k + 9, text, text, language)
                    for k in range(N_LINES)
                    if (text := texts.line(chinese=bool(n % 2)))
                ],
            )
        library.finish(item.id, language=language, pack="starter", device="CPU", rtf=0.1)


def measure(label: str, call: Callable[[], object]) -> None:
    times = []
    for _ in range(N_REPEATS):
        started = time.thread_time()
        result = call()
        times.append((time.thread_time() - started) * 1e3)
    size = f"{len(result):6d} found" if isinstance(result, list) else ""
    print(f"{label:34s} {sorted(times)[N_REPEATS // 2]:8.1f} ms (worst {max(times):.1f}) {size}")


def searches(texts: Texts) -> dict[str, str]:
    english, chinese = texts.english, texts.chinese
    return {
        "commonest English word": english[0],
        "rare English word": english[15_000],
        "one letter": "e",
        "two letters": english[0][:2],
        "three letters": english[3][:3],
        "two common words": f"{english[0]} {english[1]}",
        "common and rare word": f"{english[0]} {english[9_000]}",
        "commonest Chinese character": chinese[0][0],
        "common Chinese characters together": chinese[0] + chinese[1],
        "rare Chinese word": next(word for word in chinese[12_000:] if len(word) > 1),
        "Chinese phrase that is nowhere": chinese[0][0] + chinese[1][0] + chinese[0][0] * 2,
        "title": "04000 recording",
        "nothing": "zzzzqq",
    }


def main() -> None:
    n_items = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    texts = Texts(random.Random(7))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "songshu.db"
        with Library.open(path) as library:
            started = time.thread_time()
            fill(library, texts, n_items)
            print(f"filled in {time.thread_time() - started:.0f} s")
        print(f"{n_items} items, {n_items * N_LINES} lines, {path.stat().st_size / 1e6:.0f} MB")
        measure("open", lambda: Library.open(path).close())
        with Library.open(path) as library:
            for label, query in searches(texts).items():
                measure(label, lambda query=query: library.search(query))  # type: ignore[misc]
            more(library)


def more(library: Library) -> None:
    """Measure what is not a search."""
    last = library.items()[0]
    line = library.lines(last.id)[5]
    segment = Segment(start_s=700, end_s=710, text=line.text, language="Chinese", avg_logprob=-0.1)
    measure("items()", library.items)
    measure("lines()", lambda: library.lines(last.id))
    measure("add_line()", lambda: library.add_line(last.id, segment, 710))
    measure("edit_line()", lambda: library.edit_line(line.id, line.text + str(time.time())))
    number = itertools.count()
    measure(
        "add_files(), 500",
        lambda: library.add_files([f"/m/{next(number)}" for _ in range(500)], JobOptions()),
    )
    measure("queue()", library.queue)
    started = time.thread_time()
    library.purge([last.id])
    print(f"purge of one item: {time.thread_time() - started:.1f} s")


if __name__ == "__main__":
    main()
