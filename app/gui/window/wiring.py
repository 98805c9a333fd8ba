"""Who hears whom in the window: every wish and every event, on one page; and the window's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from app.gui.threads.engine import QUEUED, Engine

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow


def connect_wishes(window: MainWindow, engine: Engine) -> None:
    """Bring what a person wants to whom it concerns."""
    sidebar, idle, page = window.sidebar, window.idle, window.page
    actions = window.actions_on_items
    sidebar.new_requested.connect(window.show_idle)
    sidebar.item_chosen.connect(window.show_item)
    sidebar.action_requested.connect(actions.on_action)
    sidebar.rename_requested.connect(actions.rename)
    sidebar.delete_requested.connect(actions.delete)
    sidebar.export_requested.connect(window.export_requested)
    sidebar.settings_requested.connect(window.on_settings_wanted)
    sidebar.models_requested.connect(window.on_model_wanted)
    actions.opened.connect(window.show_item)
    actions.changed.connect(window.refresh_item)
    actions.list_changed.connect(window.reload_list)
    actions.gone.connect(window.on_gone)
    actions.models_requested.connect(window.on_model_wanted)
    idle.files_requested.connect(window.choose_files)
    idle.sample_requested.connect(window.try_sample)
    idle.model_requested.connect(window.on_model_wanted)
    page.retry_requested.connect(engine.retry)
    page.model_requested.connect(window.on_model_wanted)
    page.export_requested.connect(window.on_export_wanted)
    page.play_requested.connect(window.play_requested)
    window.problem.model_requested.connect(window.on_model_wanted)
    window.intake.taken.connect(actions.on_taken)
    window.intake.refused.connect(window.undo_bar.tell)


def connect_events(window: MainWindow, engine: Engine) -> None:
    """Show what the engine thread tells, in the GUI thread."""
    worker, sidebar, page = engine.worker, window.sidebar, window.page
    engine.changed.connect(window.refresh_item)
    for signal in (
        worker.job_started,
        worker.job_finished,
        worker.job_stopped,
        worker.job_failed,
    ):
        signal.connect(window.on_item_event, QUEUED)
    worker.job_progressed.connect(sidebar.set_progress, QUEUED)
    worker.job_progressed.connect(window.status.set_progress, QUEUED)
    worker.live_text_changed.connect(page.on_live_text_changed, QUEUED)
    worker.line_added.connect(page.on_line_added, QUEUED)


def make_shortcuts(window: MainWindow) -> None:
    """Give the window the keys that work everywhere in it."""
    for keys, slot in (
        ("Ctrl+N", window.show_idle),
        ("Ctrl+O", window.choose_files),
        ("Ctrl+,", window.on_settings_wanted),
        ("Ctrl+Shift+F", window.sidebar.search.setFocus),
        ("Esc", window.on_escape),
    ):
        action = QAction(window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        window.addAction(action)
