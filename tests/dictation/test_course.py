"""The course of dictations, with fakes for everything that records, recognises and inserts."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from app.dictation.options import DictationOptions, Insert
from app.dictation.parts import News, Outcome, State
from app.dictation.rules import Ending
from tests.dictation.fakes import make_dictation, no_sound, speak

AT_ONCE = DictationOptions(insert=Insert.AT_ONCE)


def test_dictation_runs_through_all_states() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.on_live(1, "hello")
    dictation.stop()
    dictation.on_utterance(1, "Hello.")
    dictation.on_utterance(1, " How are you? ")
    dictation.on_finished(1)
    dictation.on_delivered(Outcome.INSERTED)
    assert desk.calls == ["record 1", "begin 1", "stop 1", "finish 1"]
    assert desk.inserted == [("Hello. How are you? ", False)]
    assert desk.kept == [(1, "Hello."), (1, " How are you?")]
    assert desk.states == [State.RECORDING, State.FINISHING, State.DELIVERING, State.IDLE]
    assert desk.live == [("", ""), ("", "hello"), ("Hello.", ""), ("Hello. How are you?", "")]
    assert desk.news == []


def test_utterances_are_inserted_at_once_and_one_at_a_time() -> None:
    dictation, desk = make_dictation(AT_ONCE)
    dictation.start()
    for text in ("One.", "Two.", "Three."):
        dictation.on_utterance(1, text)
    assert desk.inserted == [("One.", False)]
    dictation.on_delivered(Outcome.INSERTED)
    assert desk.inserted[1:] == [(" Two. Three.", False)]
    dictation.on_delivered(Outcome.INSERTED)
    assert dictation.state is State.RECORDING
    dictation.stop()
    dictation.on_finished(1)
    assert desk.inserted[2:] == [(" ", False)]
    dictation.on_delivered(Outcome.INSERTED)
    assert dictation.state is State.IDLE


def test_nothing_is_inserted_before_the_end_unless_wanted() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.on_utterance(1, "One.")
    assert desk.inserted == []


def test_text_is_kept_before_it_is_inserted() -> None:
    dictation, desk = make_dictation(AT_ONCE)
    dictation.start()
    dictation.on_utterance(1, "One.")
    assert desk.order == ["keep", "insert"]


def test_history_that_is_full_stops_no_insertion() -> None:
    dictation, desk = make_dictation()
    desk.full = no_sound()
    speak(dictation, "Hello.")
    assert desk.inserted == [("Hello. ", False)]
    assert desk.news == [News.FAILED]
    assert desk.notices[0].error is desk.full


def test_chinese_has_no_spaces() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "你好。", "我是松鼠。")
    assert desk.inserted == [("你好。我是松鼠。", False)]


@pytest.mark.parametrize(("ending", "text"), [(Ending.NOTHING, "Hi."), (Ending.LINE, "Hi.\n")])
def test_ending(ending: Ending, text: str) -> None:
    dictation, desk = make_dictation(DictationOptions(ending=ending))
    speak(dictation, "Hi.")
    assert desk.inserted == [(text, False)]


@pytest.mark.parametrize(
    ("on", "text"), [(True, "Hello.\nWorld. "), (False, "Hello. New line. World. ")]
)
def test_commands_are_obeyed_if_wanted(on: bool, text: str) -> None:
    dictation, desk = make_dictation(DictationOptions(commands=on))
    speak(dictation, "Hello.", "New line.", "World.")
    assert desk.inserted == [(text, False)]


def test_no_words_are_told() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "", "  ")
    assert desk.inserted == []
    assert desk.news == [News.NOTHING_HEARD]
    assert dictation.state is State.IDLE


def test_second_start_and_stop_do_nothing() -> None:
    dictation, desk = make_dictation()
    dictation.stop()
    dictation.start()
    dictation.start()
    dictation.stop()
    dictation.stop()
    assert desk.calls == ["record 1", "begin 1", "stop 1", "finish 1"]


def test_flip_starts_and_stops() -> None:
    dictation, _ = make_dictation()
    dictation.flip()
    assert dictation.state is State.RECORDING
    dictation.flip()
    assert dictation.state is State.FINISHING
    dictation.flip()
    assert dictation.state is State.RECORDING


# speaking again before the last text is there


def test_next_dictation_overlaps_and_texts_stay_in_order() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.stop()
    dictation.start()
    assert dictation.session == 2
    dictation.stop()
    dictation.on_utterance(2, "Second.")
    dictation.on_finished(2)
    assert desk.inserted == []  # the first comes first
    dictation.on_utterance(1, "First.")
    dictation.on_finished(1)
    dictation.on_delivered(Outcome.INSERTED)
    assert desk.inserted == [("First. ", False), ("Second. ", False)]
    dictation.on_delivered(Outcome.INSERTED)
    assert dictation.state is State.IDLE


def test_live_words_are_those_of_the_newest() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.stop()
    dictation.start()
    desk.live.clear()
    dictation.on_live(1, "old")
    dictation.on_live(2, "new")
    assert desk.live == [("", "new")]


def test_other_options_count_from_the_next_dictation() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.options = AT_ONCE
    dictation.on_utterance(1, "One.")
    assert desk.inserted == []


# cancel


@pytest.mark.parametrize("stopped", [False, True])
def test_cancel_gives_up(stopped: bool) -> None:
    dictation, desk = make_dictation()
    dictation.start()
    if stopped:
        dictation.stop()
    dictation.on_utterance(1, "Hello.")
    dictation.cancel()
    dictation.on_utterance(1, "late")
    dictation.on_finished(1)
    expected = (
        ["cancel recognition 1"] if stopped else ["cancel recording 1", "cancel recognition 1"]
    )
    assert desk.calls[-len(expected) :] == expected
    assert (desk.inserted, desk.news, dictation.state) == ([], [News.CANCELLED], State.IDLE)


def test_cancel_stops_an_insertion() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "Hello.")
    dictation.cancel()
    dictation.on_delivered(Outcome.INSERTED)  # comes late
    assert desk.n_stopped_inserts == 1
    assert dictation.state is State.IDLE
    assert dictation.last_text == "Hello. "


def test_cancel_of_nothing_is_nothing() -> None:
    dictation, desk = make_dictation()
    dictation.cancel()
    assert desk.news == []


def test_tap_leaves_no_trace() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.discard()
    assert desk.calls[2:] == ["tap 1", "cancel recognition 1"]
    assert desk.news == []
    assert dictation.state is State.IDLE


# failures


def test_recorder_that_cannot_start_is_told() -> None:
    dictation, desk = make_dictation()
    desk.broken = no_sound()
    dictation.start()
    assert (desk.news, desk.calls, dictation.state) == ([News.FAILED], [], State.IDLE)
    desk.broken = None
    speak(dictation, "Hello.")
    assert desk.inserted == [("Hello. ", False)]


def test_recognition_that_fails_early_leaves_the_recording_and_its_words() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.on_utterance(1, "First.")
    dictation.on_failed(1, no_sound())
    assert dictation.state is State.RECORDING
    dictation.stop()
    assert desk.calls == ["record 1", "begin 1", "stop 1"]
    assert desk.inserted == [("First. ", False)]
    dictation.on_delivered(Outcome.INSERTED)
    assert (desk.news, dictation.state) == ([News.FAILED], State.IDLE)


def test_recognition_that_fails_at_the_end() -> None:
    dictation, desk = make_dictation()
    dictation.start()
    dictation.stop()
    dictation.on_failed(1, no_sound())
    assert (desk.news, dictation.state) == ([News.FAILED], State.IDLE)


# insertion that nobody took


def test_text_that_nobody_took_is_told() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "Hello.")
    dictation.on_delivered(Outcome.CLIPBOARD)
    assert (desk.news, dictation.state) == ([News.ON_CLIPBOARD], State.IDLE)


def test_later_part_never_replaces_one_that_lies_on_the_clipboard() -> None:
    dictation, desk = make_dictation(AT_ONCE)
    dictation.start()
    dictation.on_utterance(1, "One.")
    dictation.on_delivered(Outcome.CLIPBOARD)
    dictation.on_utterance(1, "Two.")
    dictation.on_delivered(Outcome.CHOSEN)
    dictation.on_utterance(1, "Three.")
    assert desk.inserted == [("One.", False), ("One. Two.", True), ("One. Two. Three.", True)]


def test_next_dictation_is_inserted_again_after_one_was_lost() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "One.")
    dictation.on_delivered(Outcome.CLIPBOARD)
    speak(dictation, "Two.")
    assert desk.inserted[-1] == ("Two. ", False)


def test_text_that_is_only_kept_or_copied() -> None:
    dictation, desk = make_dictation()
    for outcome in (Outcome.KEPT, Outcome.CHOSEN):
        speak(dictation, "Hello.")
        dictation.on_delivered(outcome)
    assert desk.news == [News.COPIED]


# insert again


def test_last_text_is_inserted_again() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "Hello.")
    dictation.on_delivered(Outcome.CLIPBOARD)
    dictation.insert_again()
    dictation.insert_again()
    assert desk.inserted[1:] == [("Hello. ", False)]
    dictation.on_delivered(Outcome.INSERTED)
    dictation.on_delivered(Outcome.INSERTED)
    assert desk.inserted[1:] == [("Hello. ", False)] * 2
    assert dictation.state is State.IDLE


def test_again_waits_for_what_is_under_way() -> None:
    dictation, desk = make_dictation()
    speak(dictation, "One.")
    dictation.on_delivered(Outcome.INSERTED)
    dictation.start()
    dictation.insert_again()
    assert len(desk.inserted) == 1
    dictation.stop()
    dictation.on_finished(2)
    assert desk.inserted[1:] == [("One. ", False)]


def test_again_before_anything_is_told() -> None:
    dictation, desk = make_dictation()
    dictation.insert_again()
    assert desk.news == [News.NOTHING_YET]


# whatever comes, in whatever order


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("insert", list(Insert))
def test_no_word_is_lost_or_doubled(seed: int, insert: Insert) -> None:
    """Start, stop, speak and deliver at random: what is inserted is what was said, in order."""
    dice = random.Random(seed)
    dictation, desk = make_dictation(replace(AT_ONCE, insert=insert, ending=Ending.NOTHING))
    said: dict[int, str] = {}
    open_sessions: list[int] = []
    n_answered = 0
    for step in range(200):
        match dice.randrange(5):
            case 0:
                dictation.start()
                if dictation.session is not None and dictation.session not in said:
                    said[dictation.session] = ""
                    open_sessions.append(dictation.session)
            case 1:
                dictation.stop()
            case 2 if open_sessions:
                word = f"词{step}"
                said[open_sessions[0]] += word
                dictation.on_utterance(open_sessions[0], word)
            case 3 if open_sessions and open_sessions[0] != dictation.session:
                dictation.on_finished(open_sessions.pop(0))
            case 4 if len(desk.inserted) > n_answered:
                n_answered += 1
                dictation.on_delivered(Outcome.INSERTED)
    dictation.stop()
    for session in open_sessions:
        dictation.on_finished(session)
    while len(desk.inserted) > n_answered:
        n_answered += 1
        dictation.on_delivered(Outcome.INSERTED)
    assert "".join(text for text, _ in desk.inserted) == "".join(said.values())
    assert dictation.state is State.IDLE
    assert "".join(text for _, text in desk.kept) == "".join(said.values())
