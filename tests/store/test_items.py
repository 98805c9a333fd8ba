from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import ItemNotFoundError
from app.store.library import Library
from app.store.types import Item, ItemKind, ItemState, JobOptions
from tests.store.segments import add_item, segment

OPTIONS = JobOptions(
    pack="starter",
    language="Chinese",
    context="背景",
    hot_words=("松鼠", "Qwen"),
    use_gate=False,
    replacements=(("a", "b"),),
)


def names(items: list[Item]) -> list[str]:
    return [item.title for item in items]


def test_added_file_waits_with_its_options(library: Library) -> None:
    (item,) = library.add_files(["/录音/会议 😀.mp3"], OPTIONS)
    assert item == library.item(item.id)
    assert (item.kind, item.path, item.title) == (
        ItemKind.FILE,
        "/录音/会议 😀.mp3",
        "会议 😀.mp3",
    )
    assert (item.state, item.done_s, item.duration_s, item.rtf) == (
        ItemState.WAITING,
        0,
        None,
        None,
    )
    assert item.options == OPTIONS
    assert abs(datetime.now(UTC) - item.created_at) < timedelta(minutes=1)


def test_file_name_that_is_not_unicode_is_found_again(library: Library) -> None:
    name = "/m/caf\udce9.wav"  # Latin-1 bytes on Linux
    (item,) = library.add_files([name], OPTIONS)
    assert library.item(item.id).path == name
    assert library.item(item.id).title == "caf?.wav"
    assert library.add_files([name], OPTIONS) == []


def test_path_twice_in_a_drop_or_in_the_queue_is_added_once(library: Library) -> None:
    assert names(library.add_files(["/b", "/a", "/b"], OPTIONS)) == ["b", "a"]
    assert names(library.add_files(["/a", "/c"], OPTIONS)) == ["c"]


def test_path_that_is_done_can_be_added_again(library: Library) -> None:
    (item,) = library.add_files(["/a"], OPTIONS)
    library.finish(item.id, language="English", pack="p", device="CPU", rtf=0.1)
    assert names(library.add_files(["/a"], OPTIONS)) == ["a"]


def test_500_files_are_taken_in_order(library: Library) -> None:
    paths = [Path(f"/m/{n:03d}.wav") for n in range(500)]
    assert len(library.add_files(paths, OPTIONS)) == 500
    assert names(library.queue()) == [path.name for path in paths]
    taken = []
    while (item := library.take_next()) is not None:
        assert item.state is ItemState.RUNNING
        taken.append(item.title)
    assert taken == [path.name for path in paths]


def test_two_libraries_never_take_the_same(path: Path, library: Library) -> None:
    library.add_files([f"/{n}" for n in range(60)], OPTIONS)
    taken: list[int] = []

    def work() -> None:
        with Library.open(path) as other:
            while (item := other.take_next()) is not None:
                taken.append(item.id)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(item.id for item in library.items())


def test_queue_is_counted_as_it_is_listed(library: Library) -> None:
    items = library.add_files([f"/{n}.wav" for n in range(6)], OPTIONS)
    assert library.count_queue() == (6, 0)
    library.take_next()
    library.pause(items[1].id)
    library.cancel(items[2].id)
    library.trash([items[3].id])
    assert library.count_queue() == (2, 1)
    assert len(library.queue()) == 3


def test_queue_has_running_first_then_waiting(library: Library) -> None:
    a, b, c, d = library.add_files(["/a", "/b", "/c", "/d"], OPTIONS)
    library.pause(b.id)
    library.reorder([d.id, a.id, c.id])
    library.take_next()
    assert names(library.queue()) == ["d", "a", "c"]
    library.resume(b.id)
    assert names(library.queue()) == ["d", "b", "a", "c"]


def test_progress_keeps_the_known_length(library: Library) -> None:
    (item,) = library.add_files(["/a"], OPTIONS)
    assert item.progress is None
    library.set_progress(item.id, 0.0, 40.0)
    changed = library.set_progress(item.id, 10.0)
    assert (changed.done_s, changed.duration_s, changed.progress) == (10.0, 40.0, 0.25)


def test_finished_item_has_its_facts(library: Library) -> None:
    (item,) = library.add_files(["/a"], OPTIONS)
    library.set_progress(item.id, 39.0, 40.0)
    done = library.finish(item.id, language="English", pack="p", device="CPU", rtf=0.1)
    assert (done.state, done.language, done.pack, done.device) == (
        ItemState.DONE,
        "English",
        "p",
        "CPU",
    )
    assert (done.rtf, done.done_s, done.progress) == (0.1, 40.0, 1.0)


def test_finished_item_keeps_the_warning_about_its_sound_until_it_is_recognised_again(
    library: Library,
) -> None:
    (item,) = library.add_files(["/a"], OPTIONS)
    warning = ("TruncatedTail", "ends too early: 2.0 s are missing")
    done = library.finish(item.id, language="", pack="p", device="", rtf=None, warning=warning)
    assert (done.state, done.error_type, done.error_message) == (ItemState.DONE, *warning)
    library.recognize_again(item.id, OPTIONS)
    assert library.item(item.id).error_type == ""


def test_failed_item_keeps_lines_and_says_why(library: Library) -> None:
    item, lines = add_item(library, "kept")
    failed = library.fail(item.id, "CorruptAudioError", "damaged")
    assert (failed.state, failed.error_type, failed.error_message) == (
        ItemState.FAILED,
        "CorruptAudioError",
        "damaged",
    )
    assert library.lines(item.id) == lines


@pytest.mark.parametrize("decision", ["pause", "cancel"])
def test_decision_of_a_person_wins_over_a_late_failure(library: Library, decision: str) -> None:
    item, _ = add_item(library, "kept")
    library.take_next()
    decided = getattr(library, decision)(item.id)
    assert library.fail(item.id, "DecoderError", "late") == decided


def test_call_that_does_not_fit_the_state_changes_nothing(library: Library) -> None:
    (item,) = library.add_files(["/a"], OPTIONS)
    assert library.resume(item.id) == item
    assert library.retry(item.id) == item
    done = library.finish(item.id, language="", pack="", device="", rtf=None)
    assert library.pause(item.id) == library.cancel(item.id) == done


def test_retry_from_start_forgets_lines_and_error(library: Library) -> None:
    item, _ = add_item(library, "one", "two")
    library.fail(item.id, "DecoderError", "bad")
    other = JobOptions(pack="larger")
    again = library.retry(item.id, options=other)
    assert (again.state, again.done_s, again.error_type, again.options) == (
        ItemState.WAITING,
        0.0,
        "",
        other,
    )
    assert library.lines(item.id) == []


def test_retry_can_go_on_and_comes_last(library: Library) -> None:
    item, lines = add_item(library, "one", "two")
    library.cancel(item.id)
    library.add_files(["/later"], OPTIONS)
    again = library.retry(item.id, from_start=False)
    assert (again.state, again.done_s) == (ItemState.WAITING, 20.0)
    assert library.lines(item.id) == lines
    assert names(library.queue()) == ["later", "a.wav"]


def test_recover_lets_running_items_wait_first_with_their_progress(library: Library) -> None:
    item, lines = add_item(library, "one", "two")
    library.add_files(["/later"], OPTIONS)
    library.take_next()
    (recovered,) = library.recover()
    assert (recovered.id, recovered.state, recovered.done_s) == (item.id, ItemState.WAITING, 20.0)
    assert library.lines(item.id) == lines
    assert names(library.queue()) == ["a.wav", "later"]
    assert library.recover() == []


def test_dictation_runs_at_once_and_is_recovered(library: Library) -> None:
    item = library.add_dictation("/r/1.wav", OPTIONS, title="Dictation")
    assert (item.kind, item.state) == (ItemKind.DICTATION, ItemState.RUNNING)
    library.add_line(item.id, segment("said"), 10.0)
    assert [found.id for found in library.recover()] == [item.id]


def test_rename(library: Library) -> None:
    (item,) = library.add_files(["/a"], OPTIONS)
    assert library.rename(item.id, "周会").title == "周会"


def test_trash_hides_and_restore_undoes(library: Library) -> None:
    a, b = library.add_files(["/a", "/b"], OPTIONS)
    library.take_next()
    library.trash([a.id, b.id])
    assert library.items() == library.queue() == []
    assert library.take_next() is None
    assert names(library.items(deleted=True)) == ["b", "a"]
    library.restore([a.id])
    assert names(library.items()) == ["a"]
    assert library.item(a.id).state is ItemState.CANCELLED


def test_items_are_newest_first(library: Library) -> None:
    library.add_files(["/a", "/b"], OPTIONS)
    assert names(library.items()) == ["b", "a"]


def test_items_come_in_parts(library: Library) -> None:
    library.add_files([f"/{n}" for n in range(5)], OPTIONS)
    first = library.items(limit=2)
    second = library.items(limit=2, before=first[-1].id)
    third = library.items(limit=2, before=second[-1].id)
    assert [names(part) for part in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]


@pytest.mark.parametrize("call", ["item", "pause", "resume", "cancel", "retry"])
def test_unknown_item(library: Library, call: str) -> None:
    with pytest.raises(ItemNotFoundError) as caught:
        getattr(library, call)(7)
    assert caught.value.item_id == 7


def test_options_of_another_version_are_read() -> None:
    assert JobOptions.from_json('{"pack":"p","later":1}') == JobOptions(pack="p")
    assert JobOptions.from_json(OPTIONS.to_json()) == OPTIONS


def test_settings_hold_what_json_holds(library: Library, path: Path) -> None:
    assert library.get("theme") is None
    assert library.get("theme", "dark") == "dark"
    value = {"favourites": ["Chinese", "English"], "size": 1.5, "名": None, "path": "\udce9"}
    library.put("window", value)
    library.put("theme", "light")
    library.put("theme", "dark")
    with Library.open(path) as other:
        assert other.get("window") == value
        assert other.get("theme") == "dark"


def test_newest_finished_item_of_each_path_is_found(library: Library) -> None:
    paths = [f"/{n}.wav" for n in range(1200)]  # more than one statement takes
    odd = "/\udcff.wav"  # a name that is not valid Unicode
    first = library.add_files([*paths[:1100], odd], JobOptions())
    facts = {"language": "English", "pack": "tiny", "device": "CPU", "rtf": None}
    for item in first:
        library.finish(item.id, **facts)  # type: ignore[arg-type]
    (again,) = library.add_files([paths[0]], JobOptions())
    library.finish(again.id, **facts)  # type: ignore[arg-type]
    library.add_files([paths[1]], JobOptions())  # waits: the finished one counts
    library.trash([first[2].id])
    found = library.finished([*paths, odd])
    assert sorted(found) == sorted({*paths[:2], *paths[3:1100], odd})
    assert found[paths[0]].id == again.id
    assert found[paths[1]].id == first[1].id
    assert library.finished([]) == {}
