"""The draft: proposes the rest, loses its place and finds it again."""

from __future__ import annotations

from app.engine.draft import LITTLE_TRUST, MAX_DOUBTS, SEARCH_TOKENS, SOME_TRUST, Draft

WORDS = tuple(range(100, 130))


def follow(draft: Draft, *token_ids: int) -> Draft:
    for token_id in token_ids:
        draft.follow(token_id)
    return draft


def test_draft_proposes_what_was_said_before() -> None:
    assert Draft(WORDS).propose(5) == WORDS[:5]
    assert follow(Draft(WORDS), *WORDS[:3]).propose(100) == WORDS[3:]


def test_draft_ends_with_the_answer() -> None:
    assert follow(Draft(WORDS), *WORDS).propose(5) == ()
    assert Draft().propose(5) == ()
    assert Draft(WORDS).propose(0) == ()
    assert Draft(WORDS).propose(-1) == ()


def test_draft_is_silent_while_it_is_lost() -> None:
    assert follow(Draft(WORDS), 100, 7).propose(5) == ()


def test_draft_finds_its_place_after_another_word() -> None:
    """101 was replaced, put in before, or left out: 102 follows in any case."""
    for said in ([100, 7, 102], [100, 7, 101, 102], [100, 102]):
        assert follow(Draft(WORDS), *said).propose(LITTLE_TRUST) == WORDS[3 : 3 + LITTLE_TRUST]


def test_draft_is_trusted_again_when_it_goes_well() -> None:
    lost = follow(Draft(WORDS), 7, 100, 101, 102, 103)
    assert len(lost.propose(100)) == LITTLE_TRUST + 3


def test_draft_does_not_jump_far() -> None:
    assert follow(Draft(WORDS), WORDS[SEARCH_TOKENS]).propose(5) == ()
    assert follow(Draft(WORDS), WORDS[SEARCH_TOKENS - 1]).propose(5) != ()


def test_draft_in_doubt_is_trusted_less_and_then_no_more() -> None:
    draft = Draft(WORDS)
    draft.doubt()
    assert len(draft.propose(100)) == SOME_TRUST
    for _ in range(MAX_DOUBTS - 1):
        draft.doubt()
    assert draft.propose(100) == ()
