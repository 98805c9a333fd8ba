"""What the model will probably say: its last answer to the same audio, a second shorter.

In: the tokens of that answer, then one after the other the tokens that the model really says. Out:
what it may say next, for several tokens at once are verified at a third of the cost of generating
them. A draft can be wrong, never harmful: only what the model itself would have said is kept.

Where the model says something else the draft is lost; it is found again when the model says a token
that stands shortly after the place, as it does when one word was replaced, left out or put in. It
is then trusted for a few tokens only, and for more the longer it goes well.
"""

from __future__ import annotations

from collections.abc import Sequence

SEARCH_TOKENS = 8  # one or two words; farther away the same token is somewhere else by chance
LITTLE_TRUST = 4  # tokens after a loss
SOME_TRUST = 8  # tokens after a doubt,
MAX_DOUBTS = 3  # and nothing after so many


class Draft:
    """Proposes the continuation of an answer.

    Args:
        token_ids: an earlier answer, without its end token.
    """

    def __init__(self, token_ids: Sequence[int] = ()) -> None:
        self._ids = tuple(token_ids)
        self._at = 0  # where the next token is expected
        self._is_lost = False
        self._trust = len(self._ids)
        self._n_doubts = 0

    def follow(self, token_id: int) -> None:
        """Take note of what the model says."""
        near = self._ids[self._at : self._at + SEARCH_TOKENS]
        if token_id in near:
            skipped = near.index(token_id)
            self._at += skipped + 1
            self._trust = LITTLE_TRUST if skipped or self._is_lost else self._trust + 1
            self._is_lost = False
        else:
            self._is_lost = True

    def doubt(self) -> None:
        """Take note that verifying was in vain: the model was not sure enough."""
        self._trust = min(self._trust, SOME_TRUST)
        self._n_doubts += 1

    def propose(self, n_most: int) -> tuple[int, ...]:
        """Give at most n_most tokens that may come next; none if it is lost or doubted."""
        if self._is_lost or self._n_doubts >= MAX_DOUBTS:
            return ()
        return self._ids[self._at : self._at + max(0, min(n_most, self._trust))]
