"""Recognising again: the old text stays until all of the new one is there, whatever happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.store.drafts import Drafts
from app.store.library import Library
from app.store.types import Item, ItemState, JobOptions
from tests.store.segments import add_item, segment

NEW = JobOptions(pack="/packs/other", language="Chinese", use_gate=False)


def finished(library: Library) -> Item:
    """An item with a line that somebody has corrected."""
    item, lines = add_item(library, "old one", "old two")
    library.set_progress(item.id, 20, 20)
    library.edit_line(lines[0].id, "corrected by hand")
    return library.finish(item.id, language="English", pack="tiny", device="CPU", rtf=0.5)


def begin_again(library: Library) -> tuple[Item, Drafts]:
    """An item that is being recognised again, with its first new line."""
    before = finished(library)
    library.recognize_again(before.id, NEW)
    assert library.take_next() is not None
    drafts = Drafts(library)
    drafts.add_line(before.id, segment("new one", language="Chinese"), 10)
    return before, drafts


def texts(library: Library, item: Item) -> list[str]:
    return [line.text for line in library.lines(item.id)]


OLD = ["corrected by hand", "old two"]


def test_old_lines_stay_while_the_new_ones_come(library: Library) -> None:
    before, _ = begin_again(library)
    item = library.item(before.id)
    assert (item.state, item.is_redone, item.done_s) == (ItemState.RUNNING, True, 10)
    assert item.options == NEW
    assert texts(library, item) == OLD
    assert library.search("new") == []


def test_new_lines_replace_the_old_ones_at_the_end_and_can_be_put_back(library: Library) -> None:
    before, drafts = begin_again(library)
    old = library.lines(before.id)
    drafts.add_line(before.id, segment("", 10), 15)  # silence moves the progress only
    drafts.add_line(before.id, segment("new two", 15, language="Chinese"), 20)
    assert drafts.languages(before.id) == ["Chinese", "Chinese"]
    drafts.finish(before.id, language="Chinese", pack="other", device="CPU", rtf=0.1)
    item = library.item(before.id)
    assert texts(library, item) == ["new one", "new two"]
    assert [line.index for line in library.lines(item.id)] == [0, 1]
    assert (item.state, item.language, item.pack, item.rtf) == (
        ItemState.DONE,
        "Chinese",
        "other",
        0.1,
    )
    assert (item.again, item.is_redone) == (True, False)
    assert len(library.search("new")) == 1
    library.put_back(item.id)
    assert library.item(item.id) == before
    assert library.lines(item.id) == old
    assert library.search("new") == []


@pytest.mark.parametrize("end", ["cancel", "fail", "trash"])
def test_stopped_or_failed_recognition_leaves_the_item_as_it_was(
    library: Library, end: str
) -> None:
    before, drafts = begin_again(library)
    old = library.lines(before.id)
    if end == "cancel":
        library.cancel(before.id)
    elif end == "fail":
        library.fail(before.id, "DecoderError", "out of memory")
    else:
        library.trash([before.id])
        library.restore([before.id])
    assert library.item(before.id) == before
    assert library.lines(before.id) == old
    drafts.add_line(before.id, segment("too late", 10), 20)  # the engine notices a moment later
    drafts.set_progress(before.id, 15, 30)
    drafts.finish(before.id, language="x", pack="x", device="x", rtf=None)
    assert library.item(before.id) == before
    assert library.lines(before.id) == old


def test_warning_about_the_sound_goes_with_the_new_lines(library: Library) -> None:
    before, drafts = begin_again(library)
    warning = ("DamagedPackets", "damaged in 3 places, which were left out")
    drafts.finish(before.id, language="", pack="tiny", device="CPU", rtf=0.1, warning=warning)
    item = library.item(before.id)
    assert (item.error_type, item.error_message) == warning
    library.put_back(before.id)
    assert library.item(before.id).error_type == ""


def test_failed_item_fails_again_as_before(library: Library) -> None:
    item, _ = add_item(library, "some")
    library.take_next()
    before = library.fail(item.id, "CorruptAudioError", "frame 17")
    library.recognize_again(item.id, NEW)
    assert library.item(item.id).error_type == ""
    assert library.cancel(item.id) == before


def test_interrupted_recognition_goes_on_after_a_restart(path: Path) -> None:
    with Library.open(path) as library:
        before, _ = begin_again(library)
    with Library.open(path) as library:
        library.drop_earlier()
        (item,) = library.recover()
        assert (item.is_redone, item.done_s) == (True, 10)
        assert library.take_next() is not None
        drafts = Drafts(library)
        drafts.add_line(item.id, segment("new two", 10), 20)
        drafts.finish(item.id, language="Chinese", pack="other", device="CPU", rtf=0.1)
        assert texts(library, before) == ["new one", "new two"]


def test_earlier_text_is_forgotten_at_the_next_start(library: Library) -> None:
    before, drafts = begin_again(library)
    drafts.finish(before.id, language="Chinese", pack="other", device="CPU", rtf=0.1)
    library.drop_earlier()
    assert not library.item(before.id).again
    library.put_back(before.id)
    assert texts(library, before) == ["new one"]


def test_item_in_the_queue_is_not_begun_again(library: Library) -> None:
    item, _ = add_item(library, "one")
    library.recognize_again(item.id, NEW)
    assert library.item(item.id) == item


def test_retry_from_the_start_forgets_the_earlier_text(library: Library) -> None:
    before, drafts = begin_again(library)
    drafts.finish(before.id, language="Chinese", pack="other", device="CPU", rtf=0.1)
    library.retry(before.id)
    item = library.item(before.id)
    assert not item.again
    assert texts(library, item) == []
