"""Replace what the model always gets wrong, the same way every time.

A rule is a pair (find, put), and ``find`` says how it is meant:

    songshu      whole words, upper and lower case alike; Chinese and the like need no word edges
    "SQL"        exactly these characters, anywhere
    /colou?r/    a regular expression, as Python writes them; "put" may hold \\1; /…/i ignores case

All rules but regular expressions are looked for at once, longest first, so that what was put is
never replaced again. A regular expression works in its place in the list, on what the rules before
it made. As text there is one rule a line, "find -> put"; "#" begins a comment, and nothing after
the arrow deletes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from re import _parser  # type: ignore[attr-defined]
from typing import Any, TypeAlias

from app.errors import ReplacementError

Pair: TypeAlias = tuple[str, str]
ARROW = " -> "
MAX_RULES = 2000
# Scripts whose words stand without spaces, and Korean, whose endings are part of the word. Two
# ranges at a time: from three on, re makes a table of all characters, which takes it 2 ms.
_NO_EDGES = (
    "[\u0e00-\u0eff\u1000-\u109f]",
    "[\u1780-\u17ff\u3040-\u30ff]",
    "[\u3400-\u9fff\uac00-\ud7af]",
    "[\uf900-\ufaff\U00020000-\U0003ffff]",
)
_BEFORE_WORD = "|".join((r"(?<!\w)", *(f"(?<={letters})" for letters in _NO_EDGES)))
_AFTER_WORD = "|".join((r"(?!\w)", *(f"(?={letters})" for letters in _NO_EDGES)))
_HAS_EDGE = re.compile(rf"\w(?<!{'|'.join(_NO_EDGES)})")
_SPACE = r"[^\S\n]"
_LINE = re.compile(r'(?P<find>/.+/i?|".+?"|.+?)(?:\s+(?:->|=>|→)(?:\s+|$)|\t)(?P<put>.*)')


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule that was checked: what it finds, what must stand around that, what to put.

    Attributes:
        found: the text that it finds, as far as letters of any case are alike.
        is_cut: the spaces at one side go, too.
    """

    found: str
    pattern: str
    put: str
    n_chars: int
    before: str = ""
    after: str = ""
    is_cut: bool = False
    is_regex: bool = False

    @property
    def kind(self) -> tuple[str, str, bool]:
        """Rules that are alike in this are looked for together."""
        return self.before, self.after, self.is_cut


class Replacer:
    """Applies rules to texts.

    Args:
        pairs: rules in order.

    Raises:
        ReplacementError: a rule cannot be used.
    """

    def __init__(self, pairs: Sequence[Pair]) -> None:
        if len(pairs) > MAX_RULES:
            raise ReplacementError(pairs[MAX_RULES][0], f"there are more than {MAX_RULES}")
        rules = [_check(find, put) for find, put in pairs]
        self._passes: list[tuple[re.Pattern[str], list[str] | str]] = []
        for is_regex, group in groupby(rules, key=lambda rule: rule.is_regex):
            members = list(group)
            if is_regex:
                self._passes += [(re.compile(rule.pattern), rule.put) for rule in members]
            else:
                self._passes.append(_join(members))

    def apply(self, text: str) -> str:
        """Return the text with everything replaced, each place once."""
        for pattern, put in self._passes:
            text = pattern.sub(put if isinstance(put, str) else _choose(put), text)
        return text


def _choose(puts: list[str]) -> Callable[[re.Match[str]], str]:
    """Return what finds the text to put by the rule that matched; one that cuts has no group."""
    return lambda match: puts[match.lastindex - 1] if match.lastindex else ""


def replace_all(text: str, pairs: Sequence[Pair]) -> str:
    """Return the text with all rules applied.

    Raises:
        ReplacementError: a rule cannot be used.
    """
    return Replacer(pairs).apply(text)


def parse_replacements(text: str) -> tuple[Pair, ...]:
    """Read rules, one a line.

    Raises:
        ReplacementError: a line is no rule; the error says which.
    """
    pairs: list[Pair] = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise ReplacementError(line.strip(), f'it is not "find{ARROW}put"', number)
        pair = match["find"].strip(), match["put"].strip()
        try:
            _check(*pair)
        except ReplacementError as exc:
            raise ReplacementError(exc.rule, exc.reason, number) from exc
        pairs.append(pair)
    return tuple(pairs)


def format_replacements(pairs: Sequence[Pair]) -> str:
    """Write rules one a line, as ``parse_replacements`` reads them."""
    return "".join(f"{find}{ARROW}{put}".rstrip() + "\n" for find, put in pairs)


def _check(find: str, put: str) -> _Rule:
    if "\n" in find + put:
        raise ReplacementError(find, "it holds the end of a line")
    if len(find) > 2 and find[0] == "/" and (find.endswith("/") or find.endswith("/i")):
        return _check_regex(find, put)
    if len(find) > 2 and find[0] == find[-1] == '"':
        exact = find[1:-1]
        return _Rule(_fold(exact), re.escape(exact), put, len(exact))
    if not find.strip():
        raise ReplacementError(find, "it looks for nothing")
    return _words_rule(find.strip(), put)


def _words_rule(find: str, put: str) -> _Rule:
    words = r"\s+".join(re.escape(word) for word in find.split())
    before = f"(?:{_BEFORE_WORD})" if _HAS_EDGE.match(find[0]) else ""
    after = f"(?:{_AFTER_WORD})" if _HAS_EDGE.match(find[-1]) else ""
    return _Rule(_fold(find), f"(?i:{words})", put, len(find), before, after, is_cut=not put)


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _check_regex(find: str, put: str) -> _Rule:
    ignore_case = find.endswith("/i")
    body = find[1:-2] if ignore_case else find[1:-1]
    pattern = f"(?i:{body})" if ignore_case else body
    try:
        tree = _parser.parse(pattern)
        re.compile(f"(?:{pattern})|").sub(put, "")  # also checks that "put" fits
    except (re.error, IndexError, OverflowError, RecursionError) as exc:
        raise ReplacementError(find, str(exc)) from exc
    if _repeats_within_repeats(tree, inside=False):
        raise ReplacementError(find, "a repetition within a repetition could take for ever")
    if re.match(pattern, ""):
        raise ReplacementError(find, "it also finds nothing at all")
    return _Rule(body, pattern, put, len(body), is_regex=True)


def _repeats_within_repeats(tree: Any, *, inside: bool) -> bool:
    """Tell "(a+)+" and the like, whose time doubles with every letter."""
    if isinstance(tree, _parser.SubPattern):
        return any(_repeats_within_repeats(item, inside=inside) for item in tree)
    if isinstance(tree, list | tuple):
        name = str(tree[0]) if tree else ""
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            unlimited = tree[1][1] == _parser.MAXREPEAT or tree[1][1] > 20
            if unlimited and inside:
                return True
            inside = inside or unlimited
        return any(_repeats_within_repeats(item, inside=inside) for item in tree)
    return False


def _join(rules: list[_Rule]) -> tuple[re.Pattern[str], list[str]]:
    """Make one pattern of many rules, with a group for each that does not cut.

    Longest first. Rules of one kind lie together as far as that changes nothing: of those that find
    the same, the first wins.
    """
    n_alike: Counter[str] = Counter()
    places: list[tuple[int, int, tuple[str, str, bool]]] = []
    for rule in rules:
        places.append((-rule.n_chars, n_alike[rule.found], rule.kind))
        n_alike[rule.found] += 1
    order = sorted(range(len(rules)), key=lambda index: places[index])
    sorted_rules = [rules[index] for index in order]
    runs = (list(run) for _, run in groupby(sorted_rules, key=lambda rule: rule.kind))
    pattern = "|".join(_alternatives(run) for run in runs)
    return re.compile(pattern), [rule.put for rule in sorted_rules if not rule.is_cut]


def _alternatives(run: list[_Rule]) -> str:
    """Write rules of one kind; what must stand around them is asked once for all of them."""
    before, after, is_cut = run[0].kind
    if not is_cut:
        return f"{before}(?:{'|'.join(f'({rule.pattern})' for rule in run)}){after}"
    # Atomic: a shorter one that has spaces behind it must not take the place of the longest.
    whole = f"(?>{before}(?:{'|'.join(rule.pattern for rule in run)}){after})"
    return f"(?:{whole}{_SPACE}+|{_SPACE}*{whole})"
