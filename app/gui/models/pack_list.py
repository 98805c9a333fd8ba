"""The cards of all packs, one below the other: which there are, which one is used, who is busy.

found packs -> cards (one whose pack stayed as it was stays);  clicks on cards -> signals
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QScrollArea, QVBoxLayout, QWidget

from app.engine.pack_library import FoundPack
from app.gui.models.pack_card import PackCard


class PackList(QScrollArea):
    """Shows packs.

    Args:
        speed_of: gives the measured speed of a pack by its path, None if it was not measured.

    Signals:
        chosen(str), verify_requested(str), measure_requested(str), remove_requested(str),
        forget_requested(str): see ``PackCard``.
        cancel_requested(): stop what a card shows to be under way.
    """

    chosen = Signal(str)
    verify_requested = Signal(str)
    measure_requested = Signal(str)
    remove_requested = Signal(str)
    forget_requested = Signal(str)
    cancel_requested = Signal()

    def __init__(
        self, speed_of: Callable[[str], float | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._speed_of = speed_of
        self._cards: list[PackCard] = []
        self._retired: list[PackCard] = []
        self._busy = self._engine_busy = False
        self._group = QButtonGroup(self)
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(12)
        self._list.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    @property
    def cards(self) -> list[PackCard]:
        """The cards, in their order."""
        return list(self._cards)

    def card(self, path: str) -> PackCard:
        """Give the card of the pack at a path; there must be one."""
        return next(card for card in self._cards if card.path == path)

    def show_packs(self, found: Sequence[FoundPack]) -> None:
        """Show these packs; a card that still fits its pack stays."""
        packs = {str(pack.path): pack for pack in found}
        old = {card.path: card for card in self._cards if card.is_for(packs.get(card.path))}
        for card in self._cards:
            self._list.removeWidget(card)
            if card.path not in old:
                self._retire(card)
        self._cards = [old.get(path) or self._make_card(pack) for path, pack in packs.items()]
        for place, card in enumerate(self._cards):
            self._list.insertWidget(place, card)

    def set_chosen(self, path: str | None) -> None:
        """Mark the pack that is used."""
        self._group.setExclusive(False)  # or the last checked button cannot be unchecked
        for card in self._cards:
            card.set_chosen(card.path == path)
        self._group.setExclusive(True)

    def set_busy(self, busy: bool, *, engine_busy: bool) -> None:
        """Take clicks, or not; see ``PackCard.set_busy``."""
        self._busy, self._engine_busy = busy, engine_busy
        for card in self._cards:
            card.set_busy(busy, engine_busy=engine_busy)
        if not busy:
            self._delete_retired()

    def _make_card(self, pack: FoundPack) -> PackCard:
        card = PackCard(pack, self._speed_of(str(pack.path)))
        self._group.addButton(card.radio)
        for theirs, ours in (
            (card.chosen, self.chosen),
            (card.verify_requested, self.verify_requested),
            (card.measure_requested, self.measure_requested),
            (card.remove_requested, self.remove_requested),
            (card.forget_requested, self.forget_requested),
            (card.task.cancel_requested, self.cancel_requested),
        ):
            theirs.connect(ours)
        card.set_busy(self._busy, engine_busy=self._engine_busy)
        return card

    def _retire(self, card: PackCard) -> None:
        """Take a card away; a job may still show its bar there until it ends."""
        self._group.removeButton(card.radio)
        card.hide()
        self._retired.append(card)
        if not self._busy:
            self._delete_retired()

    def _delete_retired(self) -> None:
        while self._retired:
            self._retired.pop().deleteLater()
