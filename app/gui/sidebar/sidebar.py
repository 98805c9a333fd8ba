"""The left side of the window: New, search, the list of everything, settings.

It asks and never decides: every wish goes out as a signal, and what becomes of it comes back
through ``reload``, ``put`` and ``set_progress``.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.sidebar.delegate import SidebarDelegate
from app.gui.sidebar.menu import SidebarMenu
from app.gui.sidebar.model import SidebarModel
from app.gui.threads.events import JobProgress
from app.gui.widgets.fields import SearchField
from app.gui.widgets.icons import icon
from app.store.library import Library
from app.store.types import Item

_SEARCH_DELAY_MS = 150  # a fast typist's pause between two keys


class Sidebar(QWidget):
    """The list of everything.

    Args:
        library: is asked for items and searched.

    Signals:
        new_requested(): show the page for new files.
        settings_requested(), models_requested(): open those.
        item_chosen(int, object): show an item; the line id that a search found, or None.
        action_requested(str, int): "pause", "resume", "cancel", "retry" or "again" for an item.
        rename_requested(int, str): another title.
        delete_requested(object), export_requested(object): for the ids that are marked.
    """

    new_requested = Signal()
    settings_requested = Signal()
    models_requested = Signal()
    item_chosen = Signal(int, object)
    action_requested = Signal(str, int)
    rename_requested = Signal(int, str)
    delete_requested = Signal(object)
    export_requested = Signal(object)

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library = library
        self.model = SidebarModel(self)
        self.model.rename_requested.connect(self.rename_requested)
        self._chosen: int | None = None
        self._quiet = False
        self._make_widgets()
        self._lay_out()
        self.retranslate()
        self.reload()

    def reload(self) -> None:
        """Read all items anew, and search again if something is searched."""
        self.model.set_items(self._library.items())
        if self.search.text().strip():
            self.on_search_due()
        self._update_empty()

    def put(self, item: Item) -> None:
        """Take the newest state of one item."""
        if item.deleted:
            self.model.remove([item.id])
        else:
            self.model.put(item)
        self._update_empty()

    @Slot(object)
    def set_progress(self, progress: JobProgress) -> None:
        """Show how far the running item is."""
        self.model.set_progress(progress)

    def choose(self, item_id: int | None) -> None:
        """Mark an item as the one that is shown, without asking for it."""
        self._chosen = item_id
        self._restore_choice()

    def retranslate(self) -> None:
        """Set all texts in the current language."""
        self.new.setText(self.tr("New"))
        self.new.setToolTip(self.tr("Add files (Ctrl+N)"))
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search in all transcripts"))
        self.view.setAccessibleName(self.tr("Jobs and transcripts"))
        self.settings.setText(self.tr("Settings"))
        self.models.setToolTip(self.tr("Models"))
        self.models.setAccessibleName(self.tr("Models"))
        self._update_empty()
        self.menu.retranslate()
        self.model.retranslate()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the language, and lay the rows out anew in another text size."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        if event.type() == QEvent.Type.FontChange:
            self.delegate.forget_sizes()
            self.view.scheduleDelayedItemsLayout()
        super().changeEvent(event)

    @Slot(QItemSelection, QItemSelection)
    def on_selection_changed(self, _new: QItemSelection, _old: QItemSelection) -> None:
        """Show the item that was chosen."""
        ids = self.menu.marked_ids()
        if self._quiet or len(ids) != 1:
            return
        self._chosen = ids[0]
        entry = self.model.entry(self.view.selectedIndexes()[0])
        self.item_chosen.emit(ids[0], entry.line_id if entry is not None else None)

    @Slot()
    def on_model_reset(self) -> None:
        """Keep the choice when the rows are made anew."""
        self._restore_choice()

    @Slot()
    def on_search_due(self) -> None:
        """Search for what stands in the field."""
        query = self.search.text().strip()
        if not query:
            self.model.clear_found()
        else:
            hits = self._library.search(query)
            self.model.set_found((hit.item, hit.snippet, hit.line_id) for hit in hits)
        self._update_empty()

    def _restore_choice(self) -> None:
        self._quiet = True
        row = self.model.row_of(self._chosen) if self._chosen is not None else None
        if row is None:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        else:
            self.view.setCurrentIndex(self.model.index(row))
        self._quiet = False

    def _update_empty(self) -> None:
        searching = bool(self.search.text().strip())
        none = self.model.rowCount() == 0
        self._empty.setVisible(none)
        self.view.setVisible(not none)
        self._empty.setText(
            self.tr("Nothing found.") if searching else self.tr("Your transcripts will be here.")
        )

    def _make_widgets(self) -> None:
        self.new = QPushButton(icon("plus"), "")
        self.new.clicked.connect(self.new_requested)
        self.search = SearchField(with_lens=True)
        self._search_timer = QTimer(self)
        self._search_timer.setSingleShot(True)
        self._search_timer.setInterval(_SEARCH_DELAY_MS)
        self._search_timer.timeout.connect(self.on_search_due)
        self.search.textChanged.connect(self._search_timer.start)
        self._empty = QLabel()
        self._empty.setObjectName("muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self.view = _make_view(self.model)
        self.delegate = SidebarDelegate(self.view, self.model)
        self.delegate.action_clicked.connect(self.action_requested)
        self.view.setItemDelegate(self.delegate)
        self.menu = SidebarMenu(self.view, self.model)
        self.menu.action_requested.connect(self.action_requested)
        self.menu.delete_requested.connect(self.delete_requested)
        self.menu.export_requested.connect(self.export_requested)
        self.model.modelReset.connect(self.on_model_reset)  # after the view: it forgets its choice
        self.view.selectionModel().selectionChanged.connect(self.on_selection_changed)
        self.settings = QPushButton(icon("settings"), "")
        self.settings.setObjectName("flat")
        self.settings.clicked.connect(self.settings_requested)
        self.models = QToolButton()
        self.models.setIcon(icon("model"))
        self.models.setObjectName("flat")
        self.models.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.models.clicked.connect(self.models_requested)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(16, 16, 16, 8)
        head.setSpacing(8)
        head.addWidget(self.new)
        head.addWidget(self.search)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.addWidget(self.settings, 1)
        foot.addWidget(self.models)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._empty, 1)
        layout.addLayout(foot)
        self.setMinimumWidth(240)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Be as wide as a file name needs."""
        return QSize(288, 600)


def _make_view(model: SidebarModel) -> QListView:
    view = QListView()
    view.setModel(model)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    view.setDragEnabled(True)
    view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
    view.setDefaultDropAction(Qt.DropAction.CopyAction)
    view.setFrameShape(QListView.Shape.NoFrame)
    return view
